// A workflow's nodes as lines of text.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace slipway::sim::scenario {

// status.nodes of a Workflow object.
const json::object& nodes_of(const json::object& workflow);

// One line a node, indented under the node whose name its own begins with:
//     hello Steps Succeeded
//       [0] StepGroup Succeeded
//         print Pod Failed: main: Error (exit code 1)
std::string draw_tree(const json::object& workflow);

// One line a node that has children: "hello[0].a -> hello[1]".
std::string draw_edges(const json::object& workflow);

// "Failed: message", or the phase alone.
std::string phase_text(const json::object& status);

}  // namespace slipway::sim::scenario
