// The nodes that `argo resubmit --memoized` takes over from the earlier workflow.
#pragma once

#include "base/json.h"

namespace slipway::workflow {

// Gives the status.nodes that resubmit() left in `workflow` the names and ids of its own new name.
// Any other status (of a workflow that has run, pasted in by a user) is removed.
void adopt_memoized_nodes(json::object& workflow);

}  // namespace slipway::workflow
