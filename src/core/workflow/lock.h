// Mutexes and semaphores across workflows (spec workflows.md, a9 and rule 61).
//
// A value rebuilt from the runs: who holds and who waits is what their status.synchronization says
// (lock_claim.h), so a restart needs nothing else. What one call costs does not grow with the
// number of those who wait.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"

namespace slipway::workflow {

struct LockHolder {
  WorkflowUid workflow;
  NodeId node;  // empty: the workflow itself
  friend auto operator<=>(const LockHolder&, const LockHolder&) = default;
};

struct LockWaiter {
  int64_t priority = 0;
  Time created_at;
  LockHolder holder;
};

class LockTable {
 public:
  // Lock names are Argo's: "<ns>/Mutex/<name>", "<ns>/ConfigMap/<name>/<key>".
  void take(const std::string& lock, const LockHolder& holder);
  void release(const std::string& lock, const LockHolder& holder);
  void wait(const std::string& lock, const LockWaiter& waiter);
  void stop_waiting(const std::string& lock, const LockHolder& holder);
  void forget(const WorkflowUid& workflow);  // when its run is removed

  const std::set<LockHolder>& holders(const std::string& lock) const;
  // Whether `holder` may take `lock` now: below the limit and first in the queue (priority
  // descending, then creation time, then who came first).
  bool available(const std::string& lock, int64_t limit, const LockHolder& holder) const;
  // The nodes of `workflow` that are among those to whom the free places of `lock` would go.
  std::vector<NodeId> next_in_line(const std::string& lock, int64_t limit,
                                   const WorkflowUid& workflow) const;
  // What `workflow` holds and waits for, as (lock, holder).
  using Claims = std::set<std::pair<std::string, LockHolder>>;
  const Claims& claims(const WorkflowUid& workflow) const;
  // Runs that wait for any lock of which one was released, or that nobody holds, since the last
  // call; they are to be woken.
  std::set<WorkflowUid> take_woken();

 private:
  struct Place {
    int64_t priority = 0;  // negated: the highest is first
    Time created_at;
    uint64_t ticket = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  struct Lock {
    std::set<LockHolder> holders;
    std::map<Place, LockHolder> queue;
    std::map<LockHolder, Place> places;     // in the queue
    std::map<WorkflowUid, size_t> waiting;  // how many of the queue are whose
    int64_t free(int64_t limit) const { return limit - static_cast<int64_t>(holders.size()); }
    bool empty() const { return holders.empty() && queue.empty(); }
  };
  void leave_queue(Lock& lock, const LockHolder& holder);
  void wake(const Lock& lock);
  void drop(const std::string& name, const LockHolder& holder);

  std::map<std::string, Lock> locks_;
  std::map<WorkflowUid, Claims> claims_;
  std::set<WorkflowUid> woken_;
  uint64_t next_ticket_ = 0;
};

}  // namespace slipway::workflow
