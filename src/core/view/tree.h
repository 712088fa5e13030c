// A workflow as `argo get` prints it: a header, and the tree of its nodes.
#pragma once

#include <functional>
#include <string>

#include "base/json.h"
#include "base/time.h"

namespace slipway::views {

struct TreeStyle {
  bool color = false;   // ANSI colours of the status icons
  int max_message = 0;  // longer messages are cut with "…"; 0: never
  bool ascii = false;   // branches of 7-bit characters, phases instead of icons
  // Nodes of which this is false get no line, what is below them may; empty: all get one.
  std::function<bool(const json::object& node)> shows = {};
};

// The icon of a phase: ✔ ✖ ⚠ ◷ ● ○.
std::string_view phase_icon(std::string_view phase);

// Columns STEP, TEMPLATE, PODNAME, DURATION, MESSAGE from status.nodes; "" without nodes. Groups of
// steps and retries of one attempt get no line of their own; the exit handler follows below.
// `workflow` is the whole object; `now` ends the duration of what still runs. Any JSON is survived,
// also nodes that contain one another.
std::string render_tree(const json::object& workflow, Time now, TreeStyle style = {});

// Name, Namespace, ServiceAccount, Status, Message, Conditions, times, Progress, Parameters.
std::string render_header(const json::object& workflow, Time now);

}  // namespace slipway::views
