// Workflows that between them use every type of template and every control, for the simulation.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace slipway::sim {

// Each is right and comes to an end whatever its pods do. A pod whose command is [say] prints its
// args or its script; every other prints "done".
std::vector<json::object> gallery();

// What they refer to: a ConfigMap with limits of semaphores.
json::object gallery_limits();

}  // namespace slipway::sim
