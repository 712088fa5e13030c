// The tasks of a DAG as a graph: who needs whom, and which ones the targets need.
#pragma once

#include "base/result.h"
#include "core/workflow/frame.h"

namespace slipway::workflow {

// Fills calls, targets and ready of a DAG's frame. Error for a cycle, an unknown task or a
// `depends` that does not parse; validation at submit says the same earlier.
Status plan_dag(Frame& frame);

}  // namespace slipway::workflow
