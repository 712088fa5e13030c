// Workflow-level hooks, the exit handler, and how the workflow itself ends (spec rules 49 to 52).
#pragma once

#include "core/workflow/pass.h"

namespace slipway::workflow {

// Looks whether hooks are triggered and whether the workflow is over.
void conclude(Pass& pass);

void complete_workflow(Pass& pass, Phase phase, std::string_view message);

}  // namespace slipway::workflow
