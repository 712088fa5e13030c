// What a container may do, and how much it may use.
#pragma once

#include "core/pod/plan.h"
#include "core/workflow/plan_context.h"

namespace slipway::workflow {

// The container's securityContext over the pod's. privileged, an unmasked /proc and the
// capabilities that amount to root on the host need Settings::allow_privileged (kUnauthorized).
Result<pod::SecurityContext> plan_security(const PlanContext& context, const json::object& pod_spec,
                                           const json::object& container);

// cpu and memory; a request that is not given equals the limit. kUnsupported for devices.
Result<pod::Resources> plan_resources(const PlanContext& context, const json::object& container);

}  // namespace slipway::workflow
