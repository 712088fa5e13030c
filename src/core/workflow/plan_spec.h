// From a template to the Kubernetes PodSpec that Argo would have made of it.
#pragma once

#include "core/workflow/plan_context.h"

namespace slipway::workflow {

// containers, initContainers, volumes and the pod's own settings, with podSpecPatch of the spec and
// then of the template applied (rule 56). A script's text stays in its container as `source`,
// containerSet's `dependencies` and `retryStrategy` likewise.
Result<json::object> pod_spec(const PlanContext& context);

// One podSpecPatch (YAML or JSON) on a pod spec. What it adds for Argo's own containers `wait`,
// `init` and `supervisor`, which do not exist here, is dropped.
Result<json::object> apply_pod_spec_patch(json::object pod_spec, const std::string& patch,
                                          const PlanContext& context);

}  // namespace slipway::workflow
