// Run: the state of one live workflow. Delta: what one decision changed in it.
//
// advance() (advance.h) reads a Run and returns a Delta; apply() folds a Delta into the Run. Deltas
// are what the journal holds, so apply() must go on reading every Delta ever written, while
// advance() may change with each release.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/time.h"
#include "core/workflow/lock_claim.h"
#include "core/workflow/metric.h"
#include "core/workflow/node.h"

namespace slipway::workflow {

// What the world still owes a run. `attempt` makes a repeated request a new effect.
struct Want {
  enum class Kind {
    kPod,      // the pod of `node` shall exist and be reported on
    kStop,     // the pod of `node` shall end
    kRequest,  // the HTTP call (template http, or a built-in task) of `node` shall be made
    kClaim,    // the claim `name` shall be removed
    kRead,     // the artifact store shall be read for `node`
    kAct,      // the engine shall do the work of `node`, or look at the object `name` for it
  };
  Kind kind = Kind::kPod;
  NodeId node;
  PodId pod;
  std::string name;
  int attempt = 0;
  friend auto operator<=>(const Want&, const Want&) = default;
};

struct WantChange {
  Want want;
  bool added = true;  // false: no longer wanted
};

// An entry of a memoization cache (memo.h), in the run's namespace.
struct CacheWrite {
  std::string config_map, key;
  json::object entry;  // {nodeID, outputs, creationTimestamp, lastHitTimestamp}
};

struct Delta {
  WorkflowUid uid;
  Time at;
  std::vector<Node> nodes;            // new or changed, whole
  std::vector<NodeId> removed_nodes;  // by retry
  // Parent and child, appended to the parent's children after `nodes` are folded: a group of ten
  // thousand is not written anew for each child it gets.
  std::vector<std::pair<NodeId, NodeId>> added_children;
  // Members of status (other than nodes), metadata and spec to set; a null removes the member.
  json::object status, metadata, spec;
  // Changes of status.synchronization, which is not written anew for each of them.
  std::vector<LockClaim> locks;
  // Not of the run and so not of its record: what the engine writes beside it in one decision.
  std::vector<CacheWrite> caches;
  std::vector<Sample> samples;  // for the server's metrics
  bool empty() const {
    return nodes.empty() && removed_nodes.empty() && added_children.empty() && status.empty() &&
           metadata.empty() && spec.empty() && locks.empty();
  }
};

json::object to_json(const Delta& delta);
Result<Delta> delta_from_json(const json::object& object);

// uid of the first of an object's ownerReferences; empty: nobody owns it.
std::string owner_of(const json::object& metadata);

// Derived from the nodes and never journaled: indexes that make a pass cost what changed and not
// what exists. Owned by the Run, rebuilt after a restart (run_index.h).
struct RunIndex;

class Run {
 public:
  // From the object as submitted (defaults merged, name and uid set) or as journaled. A workflow
  // that has not started keeps its object as text until the first pass needs it, because a queue of
  // ten thousand must stay small. A text that is no object yields a workflow that fails at its
  // first pass. status.nodes may be in the status form or in the journal's.
  Run(WorkflowUid uid, std::string object_text);
  ~Run();
  Run(Run&&) noexcept;
  Run& operator=(Run&&) noexcept;

  const WorkflowUid& uid() const;
  const std::string& ns() const;
  const std::string& name() const;
  Phase phase() const;
  Time created_at() const;
  int64_t priority() const;
  const std::string& owner_uid() const;  // of the object that owns it; empty: none

  const json::object& metadata() const;
  const json::object& spec() const;    // as in the object
  const json::object& status() const;  // without nodes
  const std::map<NodeId, Node>& nodes() const;
  const Node* find_node(const NodeId& id) const;

  bool finished() const;                  // phase completed and nothing wanted any more
  std::optional<Time> next_wake() const;  // earliest timer: deadline, backoff, suspend duration ...
  bool dirty() const;                     // a pass now could give something new

  // The spec that is run: the stored snapshot of a workflowTemplateRef, or spec() (rule 53).
  const json::object& effective_spec() const;

  // The whole object as `argo get -o json` prints it: apiVersion, kind, metadata, spec, status.
  json::object to_object() const;

  // Folds `delta`; appends to `changes` what is wanted anew and what no more.
  void apply(const Delta& delta, std::vector<WantChange>& changes);

  // All that is wanted now, in a stable order.
  std::vector<Want> wants() const;

  RunIndex& index() const;  // for core/workflow only
  bool is_text() const;     // still waits, as text

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace slipway::workflow
