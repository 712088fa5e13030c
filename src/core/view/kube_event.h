// Kubernetes Events of workflows and their nodes: what `kubectl get events` tells, in the words of
// Argo's controller. (Events that an EventSource received are another thing: view.h.)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "core/workflow/run.h"

namespace slipway::views {

struct KubeEvent {
  Time at;
  bool warning = false;
  std::string reason, message;  // "WorkflowNodeFailed", "Failed node build: ..."

  // Of what.
  std::string ns, workflow;
  WorkflowUid uid;
  // And of which of its nodes; empty when it is of the workflow itself.
  NodeId node_id;
  std::string node_name, node_type;
  Time node_started_at;
};

// What `delta` changes in `before`, which it is not applied to yet: phases of the workflow and of
// its nodes, and artifacts that could not be removed. A node that was never seen to run is told of
// as running first.
std::vector<KubeEvent> kube_events(const workflow::Run& before, const workflow::Delta& delta);

// A core/v1 Event. `version` is its resourceVersion and makes its name unique.
json::object to_object(const KubeEvent& event, uint64_t version);

// What a field selector may name: "involvedObject.name", "reason", "type", ...; kInvalid for
// others.
Result<std::string> field_of(const KubeEvent& event, std::string_view path);

}  // namespace slipway::views
