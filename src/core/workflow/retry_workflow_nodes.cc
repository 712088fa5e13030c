#include "core/workflow/retry_workflow_nodes.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace slipway::workflow {
namespace {

constexpr std::array<std::string_view, 5> kGroupTypes{"Steps", "StepGroup", "DAG", "TaskGroup",
                                                      "Retry"};

// One look at the nodes by id and by name; borrows them.
class Tree {
 public:
  Tree(const json::object& nodes, const std::string& workflow_name)
      : workflow_name_(workflow_name) {
    for (const auto& member : nodes) {
      if (!member.value().is_object()) continue;
      const json::object& node = member.value().get_object();
      nodes_.emplace(member.key(), &node);
      by_name_.emplace(get_string(node, "name"), member.key());
    }
    mark_above_success();
  }

  const std::map<std::string, const json::object*, std::less<>>& nodes() const { return nodes_; }

  static bool is_group(const json::object& node) {
    const std::string type = get_string(node, "type");
    return std::find(kGroupTypes.begin(), kGroupTypes.end(), type) != kGroupTypes.end();
  }
  static bool failed(const json::object& node) {
    const std::string phase = get_string(node, "phase");
    return phase == "Failed" || phase == "Error";
  }
  bool of_exit_handler(const json::object& node) const {
    return get_string(node, "name").starts_with(workflow_name_ + ".onExit");
  }

  // A hook of a step or task. Those of the workflow itself have run, and run once.
  bool is_hook(const json::object& node) const {
    const json::value* hooked = find_path(node, {"nodeFlag", "hooked"});
    return hooked != nullptr && *hooked == json::value(true) &&
           !get_string(node, "name").starts_with(workflow_name_ + ".hooks.");
  }

  // The group nodes around a node, innermost first: those whose name its name continues.
  std::vector<std::string> enclosing(const json::object& node) const {
    std::vector<std::string> ids;
    const std::string name = get_string(node, "name");
    for (size_t end = name.find_last_of(".[("); end != std::string::npos && end > 0;
         end = name.find_last_of(".[(", end - 1)) {
      const auto found = by_name_.find(name.substr(0, end));
      if (found != by_name_.end() && is_group(*nodes_.at(found->second))) {
        ids.push_back(found->second);
      }
    }
    return ids;
  }

  // Whether it is, or lies inside, a steps or DAG attempt that another attempt has followed: that
  // one is done with, and only the last is gone on with.
  bool is_history(const json::object& node) const {
    std::vector<std::string> around = enclosing(node);
    if (is_group(node)) around.push_back(get_string(node, "id"));
    return std::any_of(around.begin(), around.end(), [&](const std::string& id) {
      const std::string name = get_string(*nodes_.at(id), "name");
      const size_t open = name.rfind('(');
      if (open == name.npos || !name.ends_with(')')) return false;
      const auto parent = by_name_.find(name.substr(0, open));
      if (parent == by_name_.end() || get_string(*nodes_.at(parent->second), "type") != "Retry") {
        return false;
      }
      const int attempt = std::atoi(name.c_str() + open + 1);
      return by_name_.contains(name.substr(0, open) + "(" + std::to_string(attempt + 1) + ")");
    });
  }

  // `id` and everything below it.
  void collect(const std::string& id, std::set<std::string>& into) const {
    std::vector<std::string> open{id};
    while (!open.empty()) {
      const std::string next = std::move(open.back());
      open.pop_back();
      const auto found = nodes_.find(next);
      if (found == nodes_.end() || !into.insert(next).second) continue;
      for (const std::string& child : children(*found->second)) open.push_back(child);
    }
  }

  // Whether work that did succeed hangs below a failed node. A container of the same pod does not
  // count, since it can not be run without the others, and hooks are not work that goes on.
  bool has_succeeded_descendant(const std::string& id) const { return above_success_.contains(id); }

  uint64_t looked_at() const { return looked_at_; }

  static std::vector<std::string> children(const json::object& node) {
    std::vector<std::string> ids;
    const json::array* list = find_array(node, "children");
    for (const json::value& id : list != nullptr ? *list : json::array{}) {
      if (id.is_string()) ids.push_back(str(id.get_string()));
    }
    return ids;
  }

 private:
  // From what succeeded upwards, each node once.
  void mark_above_success() {
    std::map<std::string_view, std::vector<std::string_view>> parents;
    std::vector<std::string_view> open;
    for (const auto& [id, node] : nodes_) {
      if (get_string(*node, "phase") == "Succeeded" && get_string(*node, "type") != "Container") {
        open.push_back(id);
      }
      for (const std::string& child : children(*node)) {
        const auto found = nodes_.find(child);
        if (found != nodes_.end()) parents[found->first].push_back(id);
      }
    }
    while (!open.empty()) {
      const std::string_view id = open.back();
      open.pop_back();
      if (is_hook(*nodes_.find(id)->second)) continue;
      for (const std::string_view parent : parents[id]) {
        ++looked_at_;
        if (above_success_.emplace(parent).second) open.push_back(parent);
      }
    }
  }

  std::string workflow_name_;
  std::map<std::string, const json::object*, std::less<>> nodes_;
  std::map<std::string, std::string> by_name_;
  std::set<std::string, std::less<>> above_success_;
  uint64_t looked_at_ = 0;
};

// A failed attempt of a Retry node that came to succeed is history, not work to do.
bool belongs_to_succeeded_retry(const Tree& tree, const json::object& node) {
  const std::vector<std::string> around = tree.enclosing(node);
  if (around.empty()) return false;
  const json::object& parent = *tree.nodes().at(around.front());
  return get_string(parent, "type") == "Retry" && get_string(parent, "phase") == "Succeeded";
}

std::set<std::string> choose_removed(const Tree& tree, const RetryChoice& choice) {
  std::set<std::string> removed;
  for (const auto& [id, node] : tree.nodes()) {
    const bool picked =
        choice.restart_successful && !choice.selector.empty() && choice.selector.matches(*node);
    const bool failed_work = Tree::failed(*node) && !Tree::is_group(*node) &&
                             !belongs_to_succeeded_retry(tree, *node) && !tree.is_history(*node) &&
                             !tree.has_succeeded_descendant(id);
    if (picked || failed_work || tree.of_exit_handler(*node)) tree.collect(id, removed);
  }
  return removed;
}

void add_loop_children(const Tree& tree, const std::set<std::string>& reset,
                       std::set<std::string>& removed) {
  for (const std::string& id : reset) {
    const json::object& node = *tree.nodes().at(id);
    const std::string type = get_string(node, "type");
    if (type != "StepGroup" && type != "TaskGroup") continue;
    for (const std::string& child : Tree::children(node)) tree.collect(child, removed);
  }
}

// What runs again has its hooks again.
void add_hooks(const Tree& tree, const std::set<std::string>& reset,
               std::set<std::string>& removed) {
  for (const std::string& id : reset) {
    for (const std::string& child : Tree::children(*tree.nodes().at(id))) {
      const auto found = tree.nodes().find(child);
      if (found != tree.nodes().end() && tree.is_hook(*found->second)) tree.collect(child, removed);
    }
  }
}

void drop_ids(json::object& node, std::string_view key, const std::set<std::string>& removed) {
  const json::array* before = find_array(node, key);
  if (before == nullptr) return;
  json::array kept;
  for (const json::value& id : *before) {
    if (!id.is_string() || !removed.contains(str(id.get_string()))) kept.push_back(id);
  }
  if (kept.empty()) {
    node.erase(key);
  } else {
    node[key] = std::move(kept);
  }
}

void set_running(json::object& node, const std::string& now) {
  node["phase"] = "Running";
  node["startedAt"] = now;
  for (const std::string_view key : {"message", "finishedAt", "outputs"}) node.erase(key);
  if (json::value* own = node.if_contains("slipway"); own != nullptr && own->is_object()) {
    for (const std::string_view key : {"pod", "podDone", "kill", "killMessage", "broken",
                                       "notBeforeNs", "startedAtNs", "finishedAtNs"}) {
      own->get_object().erase(key);
    }
  }
}

}  // namespace

RetriedNodes reset_nodes(const json::object& nodes, const std::string& workflow_name,
                         const RetryChoice& choice, const std::string& now) {
  const Tree tree(nodes, workflow_name);
  std::set<std::string> removed = choose_removed(tree, choice);
  std::set<std::string> reset;
  const auto reset_around_removed = [&] {
    for (const std::string& id : removed) {
      const json::object& node = *tree.nodes().at(id);
      if (tree.of_exit_handler(node)) continue;
      for (const std::string& group : tree.enclosing(node)) reset.insert(group);
    }
    // Groups that failed for a reason of their own (an unresolvable reference, a deadline), unless
    // what is around them went on all the same.
    for (const auto& [id, node] : tree.nodes()) {
      if (!Tree::is_group(*node) || !Tree::failed(*node) || tree.is_history(*node)) continue;
      const std::vector<std::string> around = tree.enclosing(*node);
      const bool failed_whole = std::all_of(around.begin(), around.end(), [&](const auto& group) {
        return reset.contains(group) || Tree::failed(*tree.nodes().at(group));
      });
      if (failed_whole) reset.insert(id);
    }
  };
  reset_around_removed();
  if (choice.reexpand_loops) {
    add_loop_children(tree, reset, removed);
    reset_around_removed();
  }
  add_hooks(tree, reset, removed);

  RetriedNodes result;
  result.looked_at = tree.looked_at();
  for (const auto& member : nodes) {
    if (!member.value().is_object()) continue;
    const std::string id(member.key());
    if (removed.contains(id)) {
      result.removed.push_back(member.value().get_object());
      continue;
    }
    json::object node = member.value().get_object();
    drop_ids(node, "children", removed);
    drop_ids(node, "outboundNodes", removed);
    if (reset.contains(id)) set_running(node, now);
    result.nodes[id] = std::move(node);
  }
  return result;
}

}  // namespace slipway::workflow
