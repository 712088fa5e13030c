// Removing a finished workflow, with all that its pods and claims left behind.
#pragma once

#include "base/json.h"
#include "core/engine/input.h"

namespace slipway::server {

// Of a whole Workflow object.
engine::DeleteWorkflow removal_of(const json::object& object);

}  // namespace slipway::server
