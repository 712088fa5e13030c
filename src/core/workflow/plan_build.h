// The last step: from a gathered context to the PodPlan. Pure, and free of Run, so that tests can
// state a template and look at the plan.
#pragma once

#include "core/pod/plan.h"
#include "core/workflow/plan_context.h"

namespace slipway::workflow {

Result<pod::PodPlan> build_plan(const PlanContext& context);

}  // namespace slipway::workflow
