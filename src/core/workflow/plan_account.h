// The service account of a pod: what Kubernetes' admission and kubelet add so that the pod reaches
// the API as somebody. Nothing is added where Settings::pod_api is absent.
#pragma once

#include <string_view>
#include <vector>

#include "core/pod/plan.h"
#include "core/workflow/plan_context.h"

namespace slipway::workflow {

// The ConfigMap that Kubernetes keeps in every namespace, with the API's certificate as `ca.crt`.
inline constexpr std::string_view kRootCertificate = "kube-root-ca.crt";

// Mounts token, ca.crt and namespace at /var/run/secrets/kubernetes.io/serviceaccount in each
// container that has nothing there, unless automountServiceAccountToken is false (the
// ServiceAccount admission plugin does the same).
void mount_account(const PlanContext& context, json::object& pod_spec);

// A token for `audience`; empty: the API's own. kUnsupported where there is no API for pods.
Result<std::string> account_token(const PlanContext& context, const json::object& pod_spec,
                                  std::string_view audience);

// The API's names, for a pod with a network of its own.
void name_api(const PlanContext& context, pod::PodPlan& plan);

// KUBERNETES_SERVICE_HOST and _PORT, by which clients in a pod find the API.
std::vector<pod::EnvVar> service_variables(const PlanContext& context);

}  // namespace slipway::workflow
