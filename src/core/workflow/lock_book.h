// What the run holds and waits for, as the pass has it: by node and by lock. A cache of
// status.synchronization (lock_claim.h).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/workflow/lock_claim.h"

namespace slipway::workflow {

class LockBook {
 public:
  struct Waiting {
    std::string kind;
    std::set<NodeId> nodes;  // the workflow itself is not among them
  };

  void set(const LockClaim& now);
  LockClaim::State state(const NodeId& node, const std::string& lock) const;
  std::vector<LockClaim> of(const NodeId& node) const;
  int64_t held(const std::string& lock) const;
  const std::map<std::string, Waiting>& waiting() const { return waiting_; }

  bool read = false;                      // the status was
  std::map<std::string, int64_t> limits;  // that the waiting nodes have been told

 private:
  std::map<std::pair<NodeId, std::string>, LockClaim> claims_;
  std::map<std::string, int64_t> held_;
  std::map<std::string, Waiting> waiting_;
};

}  // namespace slipway::workflow
