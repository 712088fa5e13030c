// Which nodes of a finished workflow are run again (spec rule 60). Pure; works on status.nodes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "core/workflow/node_selector.h"

namespace slipway::workflow {

struct RetryChoice {
  bool restart_successful = false;  // also run again what `selector` matches, and what follows it
  NodeSelector selector;
  bool reexpand_loops = false;  // arguments changed: children of reset groups go too
};

struct RetriedNodes {
  json::object nodes;                 // what stays, groups above a removed node being Running again
  std::vector<json::object> removed;  // in the order of status.nodes
  uint64_t looked_at = 0;             // while looking for what succeeded; for tests
};

// `workflow_name` names the root; nodes of its exit handler are always removed.
RetriedNodes reset_nodes(const json::object& nodes, const std::string& workflow_name,
                         const RetryChoice& choice, const std::string& now);

}  // namespace slipway::workflow
