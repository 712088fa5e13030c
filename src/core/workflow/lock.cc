#include "core/workflow/lock.h"

#include <utility>

namespace slipway::workflow {

void LockTable::take(const std::string& lock, const LockHolder& holder) {
  stop_waiting(lock, holder);
  locks_[lock].holders.insert(holder);
  claims_[holder.workflow].insert({lock, holder});
}

void LockTable::release(const std::string& lock, const LockHolder& holder) {
  const auto found = locks_.find(lock);
  if (found == locks_.end() || found->second.holders.erase(holder) == 0) return;
  wake(found->second);
  drop(lock, holder);
}

void LockTable::wait(const std::string& lock, const LockWaiter& waiter) {
  Lock& state = locks_[lock];
  const Place place{-waiter.priority, waiter.created_at, next_ticket_++};
  if (!state.places.emplace(waiter.holder, place).second) return;
  state.queue.emplace(place, waiter.holder);
  ++state.waiting[waiter.holder.workflow];
  claims_[waiter.holder.workflow].insert({lock, waiter.holder});
  // Whoever was in its way came and went in the same breath.
  if (state.holders.empty()) woken_.insert(waiter.holder.workflow);
}

void LockTable::stop_waiting(const std::string& lock, const LockHolder& holder) {
  const auto found = locks_.find(lock);
  if (found == locks_.end() || !found->second.places.contains(holder)) return;
  leave_queue(found->second, holder);
  wake(found->second);  // whoever stood behind may be the first now
  drop(lock, holder);
}

void LockTable::leave_queue(Lock& lock, const LockHolder& holder) {
  const auto place = lock.places.find(holder);
  lock.queue.erase(place->second);
  lock.places.erase(place);
  const auto mine = lock.waiting.find(holder.workflow);
  if (--mine->second == 0) lock.waiting.erase(mine);
}

void LockTable::wake(const Lock& lock) {
  for (const auto& [workflow, _] : lock.waiting) woken_.insert(workflow);
}

// The holder neither holds the lock nor waits for it any more, or only one of both.
void LockTable::drop(const std::string& name, const LockHolder& holder) {
  const auto lock = locks_.find(name);
  if (lock->second.holders.contains(holder) || lock->second.places.contains(holder)) return;
  const auto claims = claims_.find(holder.workflow);
  claims->second.erase({name, holder});
  if (claims->second.empty()) claims_.erase(claims);
  if (lock->second.empty()) locks_.erase(lock);
}

void LockTable::forget(const WorkflowUid& workflow) {
  const Claims all = claims(workflow);
  for (const auto& [lock, holder] : all) stop_waiting(lock, holder);
  for (const auto& [lock, holder] : all) release(lock, holder);
  woken_.erase(workflow);
}

const std::set<LockHolder>& LockTable::holders(const std::string& lock) const {
  static const std::set<LockHolder> kNobody;
  const auto found = locks_.find(lock);
  return found != locks_.end() ? found->second.holders : kNobody;
}

const LockTable::Claims& LockTable::claims(const WorkflowUid& workflow) const {
  static const Claims kNone;
  const auto found = claims_.find(workflow);
  return found != claims_.end() ? found->second : kNone;
}

bool LockTable::available(const std::string& lock, int64_t limit, const LockHolder& holder) const {
  const auto found = locks_.find(lock);
  if (found == locks_.end()) return limit > 0;
  const Lock& state = found->second;
  if (state.holders.contains(holder)) return true;
  int64_t free = state.free(limit);
  for (const auto& [_, waiter] : state.queue) {
    if (free <= 0 || waiter == holder) break;
    --free;
  }
  return free > 0;
}

std::vector<NodeId> LockTable::next_in_line(const std::string& lock, int64_t limit,
                                            const WorkflowUid& workflow) const {
  std::vector<NodeId> nodes;
  const auto found = locks_.find(lock);
  if (found == locks_.end() || !found->second.waiting.contains(workflow)) return nodes;
  int64_t free = found->second.free(limit);
  for (const auto& [_, waiter] : found->second.queue) {
    if (free-- <= 0) break;
    if (waiter.workflow == workflow && !waiter.node.empty()) nodes.push_back(waiter.node);
  }
  return nodes;
}

std::set<WorkflowUid> LockTable::take_woken() { return std::exchange(woken_, {}); }

}  // namespace slipway::workflow
