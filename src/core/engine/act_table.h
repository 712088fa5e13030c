// Which nodes have a turn in doing their work (act.h), and when: at once when they are new or the
// object they wait for was put, removed or completed; otherwise at most once a second, so that a
// busy object costs its watchers little. Derived from the runs, like the effects.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/id.h"
#include "base/time.h"

namespace slipway::engine {

// A node that acts.
using ActKey = std::pair<WorkflowUid, NodeId>;

class ActTable {
 public:
  // `watches` is empty for one whose work is still to be done.
  void want(const ActKey& key, const std::string& watches);
  void drop(const ActKey& key, const std::string& watches);
  void tried(const ActKey& key, Time at);
  void touch(const std::string& object, Time at, bool at_once);

  bool empty() const { return wanted_.empty(); }
  std::optional<ActKey> due(Time now) const;
  std::optional<Time> next() const;

 private:
  struct Entry {
    std::optional<Time> due, tried;
  };
  void schedule(const ActKey& key, Entry& entry, Time at);

  std::map<ActKey, Entry> wanted_;
  std::set<std::pair<Time, ActKey>> due_;
  std::map<std::string, std::set<ActKey>> watchers_;  // by object
};

}  // namespace slipway::engine
