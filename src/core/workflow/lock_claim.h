// What one run holds and waits for: in its Deltas change by change, so that a pass costs what
// changed, and in status.synchronization whole, in Argo's form:
// mutex.holding[{mutex, holder}], semaphore.holding[{semaphore, holders}], and the same under
// `waiting`. A holder is "<namespace>/<workflow>", with "/<node id>" when it is a node.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/result.h"

namespace slipway::workflow {

class LockTable;
class Run;
struct Delta;

struct LockClaim {
  enum class State { kNone, kWaiting, kHeld };
  std::string kind;  // "mutex" or "semaphore"
  std::string lock;
  NodeId node;  // empty: the workflow itself
  State state = State::kNone;
};

json::array to_json(const std::vector<LockClaim>& claims);
Result<std::vector<LockClaim>> lock_claims_from_json(const json::array& array);

// All that the run's status says, in its order.
std::vector<LockClaim> lock_claims_of(const Run& run);

// Brings status.synchronization up to date with one change; `whole` is "<namespace>/<workflow>".
void fold_claim(json::object& status, std::string_view whole, const LockClaim& change);

// Brings the table up to date with a run that was made.
void add_locks(LockTable& table, const Run& run);
// The same with a Delta that was folded into it. Earlier releases wrote the whole of
// status.synchronization into it.
void update_locks(LockTable& table, const Run& run, const Delta& delta);

}  // namespace slipway::workflow
