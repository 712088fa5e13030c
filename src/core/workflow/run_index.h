// RunIndex: what makes a pass cost what changed and not what exists. A cache: it is made anew from
// the nodes whenever it is not there, and a pass gives the same Delta either way.
//
// advance() moves the index ahead of the run to where the Delta it returns will bring it. apply()
// confirms that; when another Delta comes, the index is thrown away.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

#include "core/workflow/frame.h"
#include "core/workflow/lock_book.h"
#include "core/workflow/progress.h"
#include "core/workflow/run.h"

namespace slipway::workflow {

// One timer for each node and purpose; the workflow's own have an empty node.
class Timers {
 public:
  enum class Purpose { kDeadline, kTimeout, kPendingTimeout, kBackoff, kSuspend, kRequest };
  struct Key {
    NodeId node;
    Purpose purpose = Purpose::kDeadline;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  void set(const Key& key, Time at);  // moves it when it is there
  void clear(const Key& key);
  void clear_node(const NodeId& node);
  std::optional<Time> next() const;
  // Takes out all that are due, earliest first.
  std::vector<Key> take_due(Time now);

 private:
  std::set<std::pair<Time, Key>> by_time_;
  std::map<Key, Time> by_key_;
};

struct RunIndex {
  bool built = false;
  bool at_rest = false;  // waits for a lock of the whole workflow, or is suspended
  std::unordered_map<std::string, std::shared_ptr<const json::object>> templates;
  // By template: the steps and tasks whose outputs.result it refers to (plan_result.h).
  std::map<std::shared_ptr<const json::object>, std::set<std::string>> result_names;
  std::unique_ptr<expr::Scope> globals, exit_globals;  // the second is a layer on the first

  std::unordered_map<NodeId, Link> owners;
  std::unordered_map<NodeId, std::unique_ptr<Frame>> frames;
  std::unordered_map<PodId, NodeId> pods;
  std::deque<Frame*> queue;       // frames that shall run
  std::set<NodeId> lacking_room;  // frames with items that wait for room
  LockBook locks;                 // held and awaited
  std::set<NodeId> suspended;     // running suspend nodes
  Timers timers;
  int64_t active_pods = 0, running_pods = 0;
  std::unordered_map<NodeId, int64_t> active_children;  // by boundary, for template.parallelism
  Progress progress;
  bool root_touched = false;
  bool has_metrics = false;             // some template has
  std::set<std::string> started_hooks;  // spec.hooks by name
  uint64_t visits = 0;                  // frames and children looked at, ever; for tests

  // Whether a pass now could give something new without anything having happened.
  bool needs_pass() const { return !at_rest && (!built || !queue.empty() || root_touched); }

  void expect(const Delta& delta) { expected_ = fingerprint(delta); }
  bool confirm(const Delta& delta);
  // A Delta was made and never applied: the index is ahead of its run.
  bool is_ahead() const { return expected_ != 0; }

 private:
  static uint64_t fingerprint(const Delta& delta);
  uint64_t expected_ = 0;
};

}  // namespace slipway::workflow
