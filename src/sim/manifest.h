// The objects of a simulated server.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace slipway::sim {

// EventSource, Sensors, WorkflowTemplates, a CronWorkflow, a Secret.
std::vector<json::object> good_manifests();

// The Secret among them, which pods of one workflow need to start.
json::object token();

// Refused, each for its own reason.
std::vector<json::object> bad_manifests();

// Workflows to submit: steps, dag, retries, http, suspend.
std::vector<json::object> workflows();

}  // namespace slipway::sim
