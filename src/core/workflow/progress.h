// What is summed up from pods (spec a12): progress, pods done over pods known, and the resources
// that they held.
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

// status.nodes as Argo prints it, where a node that is no pod has the sums of what is below it.
json::object nodes_with_sums(const std::map<NodeId, Node>& nodes);

// status.resourcesDuration; empty when no pod has ended.
json::object resources_of(const std::map<NodeId, Node>& nodes);

}  // namespace slipway::workflow
