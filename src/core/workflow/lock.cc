#include "core/workflow/lock.h"

#include <algorithm>

namespace slipway::workflow {

void LockTable::take(const std::string& lock, const LockHolder& holder) {
  stop_waiting(lock, holder);
  locks_[lock].holders.insert(holder);
}

void LockTable::release(const std::string& lock, const LockHolder& holder) {
  const auto found = locks_.find(lock);
  if (found == locks_.end() || found->second.holders.erase(holder) == 0) return;
  for (const LockWaiter& waiter : found->second.queue) woken_.insert(waiter.holder.workflow);
  if (found->second.holders.empty() && found->second.queue.empty()) locks_.erase(found);
}

void LockTable::wait(const std::string& lock, const LockWaiter& waiter) {
  auto& queue = locks_[lock].queue;
  const auto same = std::find_if(queue.begin(), queue.end(), [&](const LockWaiter& other) {
    return other.holder == waiter.holder;
  });
  if (same != queue.end()) return;
  const auto before = [](const LockWaiter& a, const LockWaiter& b) {
    if (a.priority != b.priority) return a.priority > b.priority;
    return a.created_at < b.created_at;
  };
  queue.insert(std::upper_bound(queue.begin(), queue.end(), waiter, before), waiter);
}

void LockTable::stop_waiting(const std::string& lock, const LockHolder& holder) {
  const auto found = locks_.find(lock);
  if (found == locks_.end()) return;
  auto& queue = found->second.queue;
  const size_t before = queue.size();
  std::erase_if(queue, [&](const LockWaiter& waiter) { return waiter.holder == holder; });
  // Whoever stood behind may be the first now.
  if (queue.size() != before) {
    for (const LockWaiter& waiter : queue) woken_.insert(waiter.holder.workflow);
  }
  if (found->second.holders.empty() && queue.empty()) locks_.erase(found);
}

void LockTable::forget(const WorkflowUid& workflow) {
  std::vector<std::pair<std::string, LockHolder>> held, waited;
  for (const auto& [name, lock] : locks_) {
    for (const LockHolder& holder : lock.holders) {
      if (holder.workflow == workflow) held.emplace_back(name, holder);
    }
    for (const LockWaiter& waiter : lock.queue) {
      if (waiter.holder.workflow == workflow) waited.emplace_back(name, waiter.holder);
    }
  }
  for (const auto& [name, holder] : waited) stop_waiting(name, holder);
  for (const auto& [name, holder] : held) release(name, holder);
  woken_.erase(workflow);
}

const std::set<LockHolder>& LockTable::holders(const std::string& lock) const {
  static const std::set<LockHolder> kNobody;
  const auto found = locks_.find(lock);
  return found != locks_.end() ? found->second.holders : kNobody;
}

bool LockTable::available(const std::string& lock, int64_t limit, const LockHolder& holder) const {
  const auto found = locks_.find(lock);
  if (found == locks_.end()) return limit > 0;
  const Lock& state = found->second;
  if (state.holders.contains(holder)) return true;
  const int64_t free = limit - static_cast<int64_t>(state.holders.size());
  int64_t ahead = 0;
  for (const LockWaiter& waiter : state.queue) {
    if (waiter.holder == holder) break;
    ++ahead;
  }
  return free > ahead;
}

std::set<WorkflowUid> LockTable::take_woken() { return std::exchange(woken_, {}); }

}  // namespace slipway::workflow
