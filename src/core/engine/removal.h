// Removing a finished workflow, with all that its pods and claims left behind.
#pragma once

#include "base/json.h"
#include "core/engine/input.h"

namespace slipway::engine {

// Of a whole Workflow object.
DeleteWorkflow removal_of(const json::object& object);

}  // namespace slipway::engine
