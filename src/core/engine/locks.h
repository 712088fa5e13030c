// The lock table as the runs' status tells it.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "core/workflow/lock.h"
#include "core/workflow/run.h"

namespace slipway::engine {

// What one run holds and waits for: (lock, holder).
struct LockClaims {
  std::set<std::pair<std::string, workflow::LockHolder>> held, queued;
};

// Brings the table and `claims` up to date with the run's status.synchronization, in Argo's form:
// mutex.holding[{mutex, holder}], semaphore.holding[{semaphore, holders}], and the same under
// `waiting`. A holder ends in a node's id, or is the workflow itself.
void update_locks(workflow::LockTable& table, const workflow::Run& run, LockClaims& claims);

}  // namespace slipway::engine
