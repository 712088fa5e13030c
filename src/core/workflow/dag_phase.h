// What a DAG's tasks say of themselves, and what the DAG makes of it (spec rules 13, 15 and 16).
#pragma once

#include "core/workflow/pass.h"

namespace slipway::workflow {

expr::TaskResult task_result(const Pass& pass, const Frame& frame, const std::string& task);
// A name without a property.
bool satisfies_bare(const Pass& pass, const Frame& frame, const std::string& task);

// Once every reachable task is done: Succeeded, or the phase of the first target that counts.
Phase assess_dag(const Pass& pass, const Frame& frame);

}  // namespace slipway::workflow
