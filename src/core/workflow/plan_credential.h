// Registry credentials from imagePullSecrets.
#pragma once

#include "core/pod/plan.h"
#include "core/workflow/plan_context.h"

namespace slipway::workflow {

// Every entry of the named Secrets, of type kubernetes.io/dockerconfigjson or dockercfg. A Secret
// that does not exist is passed over, as Kubernetes does; one that does not parse is kInvalid.
Result<std::vector<pod::RegistryCredential>> plan_credentials(const PlanContext& context,
                                                              const json::object& pod_spec);

}  // namespace slipway::workflow
