// One container of a pod spec, with everything it refers to resolved.
#pragma once

#include "core/pod/plan.h"
#include "core/workflow/plan_context.h"

namespace slipway::workflow {

Result<pod::Container> plan_container(const PlanContext& context, const json::object& pod_spec,
                                      const json::object& container, pod::Container::Role role);

}  // namespace slipway::workflow
