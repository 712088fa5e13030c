#include "core/workflow/run_index.h"

#include "base/hash.h"

namespace slipway::workflow {

void Timers::set(const Key& key, Time at) {
  clear(key);
  by_key_.emplace(key, at);
  by_time_.emplace(at, key);
}

void Timers::clear(const Key& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  by_time_.erase({found->second, key});
  by_key_.erase(found);
}

void Timers::clear_node(const NodeId& node) {
  auto at = by_key_.lower_bound({node, Purpose::kDeadline});
  while (at != by_key_.end() && at->first.node == node) {
    by_time_.erase({at->second, at->first});
    at = by_key_.erase(at);
  }
}

std::optional<Time> Timers::next() const {
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->first;
}

std::vector<Timers::Key> Timers::take_due(Time now) {
  std::vector<Key> due;
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    due.push_back(by_time_.begin()->second);
    by_key_.erase(due.back());
    by_time_.erase(by_time_.begin());
  }
  return due;
}

bool RunIndex::confirm(const Delta& delta) {
  const bool same = expected_ != 0 && expected_ == fingerprint(delta);
  expected_ = 0;
  return same;
}

uint64_t RunIndex::fingerprint(const Delta& delta) {
  uint64_t hash = fnv1a64(std::to_string(delta.at.ns));
  for (const Node& node : delta.nodes) {
    hash = fnv1a64(node.id.value, hash);
    hash = fnv1a64(to_string(node.phase), hash);
    hash = fnv1a64(node.message, hash);
  }
  for (const auto& [parent, child] : delta.added_children) hash = fnv1a64(child.value, hash);
  for (const LockClaim& claim : delta.locks) {
    hash = fnv1a64(claim.lock, fnv1a64(claim.node.value, hash));
  }
  for (const auto* members : {&delta.status, &delta.metadata, &delta.spec}) {
    for (const auto& member : *members) hash = fnv1a64(member.key(), hash);
    hash = fnv1a64(";", hash);
  }
  return hash | 1;  // never 0, which means that nothing is expected
}

}  // namespace slipway::workflow
