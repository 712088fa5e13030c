// Mutexes and semaphores across workflows (spec workflows.md, a9 and rule 61).
//
// A value rebuilt from the runs: who holds and who waits is derived from the nodes' and workflows'
// synchronization status, so a restart needs nothing else.
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
  // descending, then creation time).
  bool available(const std::string& lock, int64_t limit, const LockHolder& holder) const;
  // Runs that wait for any lock of which one was released since the last call; they are to be
  // woken.
  std::set<WorkflowUid> take_woken();

 private:
  struct Lock {
    std::set<LockHolder> holders;
    std::vector<LockWaiter> queue;
  };
  std::map<std::string, Lock> locks_;
  std::set<WorkflowUid> woken_;
};

}  // namespace slipway::workflow
