// Taking and giving back the locks of a node or of the whole workflow (spec a9, rule 61). What is
// held and awaited is written to status.synchronization in Argo's form, from which the engine keeps
// its LockTable.
#pragma once

#include <string>
#include <vector>

#include "core/workflow/pass.h"

namespace slipway::workflow {

struct LockAnswer {
  bool granted = false;
  std::string lock;     // otherwise the one that is waited for
  std::string message;  // "Waiting for ... lock. Lock status: free/limit"
  std::string error;    // it can never be had: a ConfigMap is missing, a limit is no number
};

// All of `synchronization` or nothing; `node` is empty for the workflow itself.
LockAnswer take_locks(Pass& pass, const json::object& synchronization, const NodeId& node);

// The nodes that wait and may have what they wait for now, in the order of the queue.
std::vector<NodeId> next_for_locks(Pass& pass);

// Whatever the node (or the workflow) holds or waits for.
void release_locks(Pass& pass, const NodeId& node);
void release_all_locks(Draft& draft);

}  // namespace slipway::workflow
