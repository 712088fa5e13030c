// stop, terminate, suspend, resume and node set (spec a11, rules 57 to 59).
#pragma once

#include "core/workflow/pass.h"

namespace slipway::workflow {

void take_operation(Pass& pass, const Operation& operation);

// Ends every leaf that a stop, a terminate or the workflow's deadline ends, and lets every frame
// look again.
void stop_leaves(Pass& pass);

}  // namespace slipway::workflow
