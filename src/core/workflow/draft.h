// Draft: a run as it will be, while a pass is deciding. The run underneath stays untouched.
#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

#include "core/workflow/run.h"

namespace slipway::workflow {

class Draft {
 public:
  // Borrows `run`, which must outlive this.
  explicit Draft(const Run& run) : run_(run) {}

  const Run& run() const { return run_; }
  const std::string& workflow_name() const { return run_.name(); }
  NodeId id_of(std::string_view node_name) const { return node_id(run_.name(), node_name); }

  const Node* find(const NodeId& id) const;
  const Node* find_name(std::string_view node_name) const { return find(id_of(node_name)); }
  // A copy to change; made once for each node and pass. The node must exist.
  Node& edit(const NodeId& id);
  Node& add(Node node);
  // Every node, changed ones in their new form, in id order. Costs what exists: for the few who
  // need all (workflow.failures, stop).
  void for_each(const std::function<void(const Node&)>& visit) const;

  // Children are added by edge and not by rewriting the parent.
  void add_child(const NodeId& parent, const NodeId& child);
  std::vector<NodeId> children(const NodeId& id) const;
  bool has_children(const NodeId& id) const;

  // Members of status, metadata and spec as they will be; nullptr when absent or removed.
  const json::value* status(std::string_view key) const;
  const json::value* metadata(std::string_view key) const;
  const json::value* spec(std::string_view key) const;
  const json::object& effective_spec() const;
  void set_status(std::string_view key, json::value value);
  void set_metadata(std::string_view key, json::value value);
  void set_spec(std::string_view key, json::value value);
  // What a node, or the workflow, holds and waits for; `before` is how that was.
  void set_lock(const LockClaim& now, LockClaim::State before);
  void forget_locks();
  // The stored template spec, or the changed spec, once known.
  void set_effective_spec(json::object spec) { effective_ = std::move(spec); }

  // Nodes are in the order in which they were first changed.
  Delta take(Time at);

 private:
  const Run& run_;
  std::unordered_map<NodeId, size_t> place_;  // into changed_
  std::vector<std::unique_ptr<Node>> changed_;
  std::vector<std::pair<NodeId, NodeId>> edges_;
  std::unordered_map<NodeId, std::vector<NodeId>> added_;
  json::object status_, metadata_, spec_;
  std::vector<std::pair<LockClaim, LockClaim::State>> locks_;       // now, and before the pass
  std::map<std::pair<NodeId, std::string>, size_t> place_of_lock_;  // into locks_
  std::optional<json::object> effective_;
};

}  // namespace slipway::workflow
