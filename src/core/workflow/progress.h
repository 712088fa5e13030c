// status.progress and the progress of each node: pods done over pods known (spec a12).
#pragma once

#include <map>

#include "core/workflow/node.h"

namespace slipway::workflow {

struct Progress {
  int64_t done = 0, total = 0;
  std::string text() const;  // "N/M"
};

// "N/M" as a pod told it; 0/1 when it is no such text. A fulfilled node has done all of it.
Progress progress_of(const Node& node);

// status.nodes as Argo prints it, where a node that is no pod has the sum of what is below it.
json::object nodes_with_progress(const std::map<NodeId, Node>& nodes);

}  // namespace slipway::workflow
