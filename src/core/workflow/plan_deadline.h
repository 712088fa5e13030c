// How long a pod may run.
#pragma once

#include <optional>

#include "core/workflow/plan_context.h"

namespace slipway::workflow {

// The pod's active deadline, counted from the start of its first container: that of the pod spec or
// the template's activeDeadlineSeconds; what is left of template.timeout, which overwrites both
// (spec rule 78); and never more than what is left of the retry's maxDuration (rule 34). kTimeout
// when at most a second is left of the timeout.
Result<std::optional<Duration>> plan_deadline(const PlanContext& context,
                                              const json::object& pod_spec);

}  // namespace slipway::workflow
