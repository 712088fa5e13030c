// The first pass of a workflow: spec, validation, metadata, locks and claims, and its entry node.
#pragma once

#include "core/workflow/pass.h"

namespace slipway::workflow {

// False when the workflow does not go on now: it was refused, or waits for its lock.
bool begin_workflow(Pass& pass);

// Derives the index of a workflow that has started from its nodes: once after a restart.
void build_index(Pass& pass);

// Starts the entry node, or takes it up again.
void enter(Pass& pass);

}  // namespace slipway::workflow
