#include "core/workflow/lock_book.h"

namespace slipway::workflow {

using State = LockClaim::State;

void LockBook::set(const LockClaim& now) {
  const State before = state(now.node, now.lock);
  if (before == now.state) return;
  if (before == State::kHeld && --held_[now.lock] == 0) held_.erase(now.lock);
  if (now.state == State::kHeld) ++held_[now.lock];
  if (!now.node.empty() && now.state == State::kWaiting) {
    Waiting& waiting = waiting_[now.lock];
    waiting.kind = now.kind;
    waiting.nodes.insert(now.node);
  }
  if (!now.node.empty() && before == State::kWaiting) {
    const auto waiting = waiting_.find(now.lock);
    waiting->second.nodes.erase(now.node);
    if (waiting->second.nodes.empty()) waiting_.erase(waiting);
  }
  if (now.state == State::kNone) {
    claims_.erase({now.node, now.lock});
  } else {
    claims_[{now.node, now.lock}] = now;
  }
}

State LockBook::state(const NodeId& node, const std::string& lock) const {
  const auto found = claims_.find({node, lock});
  return found != claims_.end() ? found->second.state : State::kNone;
}

std::vector<LockClaim> LockBook::of(const NodeId& node) const {
  std::vector<LockClaim> all;
  for (auto at = claims_.lower_bound({node, {}}); at != claims_.end() && at->first.first == node;
       ++at) {
    all.push_back(at->second);
  }
  return all;
}

int64_t LockBook::held(const std::string& lock) const {
  const auto found = held_.find(lock);
  return found != held_.end() ? found->second : 0;
}

}  // namespace slipway::workflow
