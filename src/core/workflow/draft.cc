#include "core/workflow/draft.h"

#include "base/assert.h"

namespace slipway::workflow {
namespace {

const json::value* look(const json::object& changes, const json::object& base,
                        std::string_view key) {
  if (const json::value* changed = changes.if_contains(key)) {
    return changed->is_null() ? nullptr : changed;
  }
  return base.if_contains(key);
}

// A member that already is what it shall be is no change.
void change(json::object& changes, const json::object& base, std::string_view key,
            json::value value) {
  const json::value* old = base.if_contains(key);
  if (old != nullptr ? *old == value : value.is_null()) {
    changes.erase(key);
  } else {
    changes[key] = std::move(value);
  }
}

}  // namespace

const Node* Draft::find(const NodeId& id) const {
  const auto found = place_.find(id);
  return found != place_.end() ? changed_[found->second].get() : run_.find_node(id);
}

Node& Draft::edit(const NodeId& id) {
  const auto found = place_.find(id);
  if (found != place_.end()) return *changed_[found->second];
  const Node* base = run_.find_node(id);
  SLIPWAY_ASSERT(base != nullptr);
  return add(*base);
}

Node& Draft::add(Node node) {
  const auto [found, fresh] = place_.try_emplace(node.id, changed_.size());
  if (fresh) {
    changed_.push_back(std::make_unique<Node>(std::move(node)));
  } else {
    *changed_[found->second] = std::move(node);
  }
  return *changed_[found->second];
}

void Draft::for_each(const std::function<void(const Node&)>& visit) const {
  std::map<NodeId, const Node*> fresh;
  for (const auto& node : changed_) {
    if (run_.find_node(node->id) == nullptr) fresh.emplace(node->id, node.get());
  }
  auto next = fresh.begin();
  for (const auto& [id, node] : run_.nodes()) {
    for (; next != fresh.end() && next->first < id; ++next) visit(*next->second);
    visit(*find(id));
  }
  for (; next != fresh.end(); ++next) visit(*next->second);
}

void Draft::add_child(const NodeId& parent, const NodeId& child) {
  edges_.emplace_back(parent, child);
  added_[parent].push_back(child);
}

std::vector<NodeId> Draft::children(const NodeId& id) const {
  std::vector<NodeId> all;
  if (const Node* node = find(id)) all = node->children;
  const auto added = added_.find(id);
  if (added != added_.end()) all.insert(all.end(), added->second.begin(), added->second.end());
  return all;
}

bool Draft::has_children(const NodeId& id) const {
  const Node* node = find(id);
  return (node != nullptr && !node->children.empty()) || added_.contains(id);
}

const json::value* Draft::status(std::string_view key) const {
  return look(status_, run_.status(), key);
}
const json::value* Draft::metadata(std::string_view key) const {
  return look(metadata_, run_.metadata(), key);
}
const json::value* Draft::spec(std::string_view key) const { return look(spec_, run_.spec(), key); }

const json::object& Draft::effective_spec() const {
  return effective_ ? *effective_ : run_.effective_spec();
}

void Draft::set_status(std::string_view key, json::value value) {
  change(status_, run_.status(), key, std::move(value));
}
void Draft::set_metadata(std::string_view key, json::value value) {
  change(metadata_, run_.metadata(), key, std::move(value));
}
void Draft::set_spec(std::string_view key, json::value value) {
  change(spec_, run_.spec(), key, std::move(value));
}

void Draft::set_lock(const LockClaim& now, LockClaim::State before) {
  const auto [place, fresh] = place_of_lock_.try_emplace({now.node, now.lock}, locks_.size());
  if (fresh) {
    locks_.emplace_back(now, before);
  } else {
    locks_[place->second].first = now;
  }
}

void Draft::forget_locks() {
  locks_.clear();
  place_of_lock_.clear();
}

Delta Draft::take(Time at) {
  Delta delta;
  delta.uid = run_.uid();
  delta.at = at;
  delta.nodes.reserve(changed_.size());
  for (auto& node : changed_) delta.nodes.push_back(std::move(*node));
  delta.added_children = std::move(edges_);
  delta.status = std::move(status_);
  delta.metadata = std::move(metadata_);
  delta.spec = std::move(spec_);
  for (auto& [claim, before] : locks_) {
    if (claim.state != before) delta.locks.push_back(std::move(claim));
  }
  return delta;
}

}  // namespace slipway::workflow
