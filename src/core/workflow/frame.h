// Frames: what a pass has to know of the unfinished Steps, DAG and Retry nodes to go on with them
// at once. All of it can be made anew from the stored nodes.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "core/expr/depends/depends.h"
#include "core/expr/tag/scope.h"

namespace slipway::workflow {

struct Frame;

// Who is told when a node changes. Without a frame it is the workflow itself, and `call` says for
// which of its nodes (kEntry, kExit, or a hook's number from kFirstHook on).
struct Link {
  Frame* frame = nullptr;
  uint32_t call = 0, item = 0;
  int32_t hook = -1;  // of the item; -1: the item's own node
  static constexpr uint32_t kEntry = 0, kExit = 1, kFirstHook = 2;
};

// A lifecycle hook of one item: runs at most once.
struct HookRun {
  std::string name;  // empty: the deprecated onExit
  NodeId node;
  bool is_exit = false, started = false, done = false;
  json::object body;                      // the hook's {template, arguments, expression}
  const json::object* written = nullptr;  // the same with its tags
};

// One execution of a step or task: the only one, or one of a loop.
struct Item {
  std::string node_name;
  NodeId id;
  json::object definition;             // every reference resolved, hooks left out
  std::vector<std::string> untrusted;  // argument parameters whose text came from outside
  std::string skip_message;            // not empty: `when` was false
  std::string error;                   // not empty: it could not be resolved
  enum class State { kWaiting, kStarted, kDone } state = State::kWaiting;
  std::vector<HookRun> hooks;
};

// In the place of an item's number: the TaskGroup of a looped task.
inline constexpr uint32_t kGroup = UINT32_MAX;

// One step or task as written.
struct Call {
  std::string name;
  const json::object* definition = nullptr;  // in the frame's body
  const json::object* written = nullptr;     // the same with its tags, in the frame's template
  bool loop = false, expanded = false, done = false;
  std::vector<Item> items;
  size_t open = 0;  // items that are not done
  Item& item(uint32_t number) { return number == kGroup ? group : items[number]; }
  // Tasks only.
  Item group;  // with the named hooks of a loop
  std::optional<expr::Depends> depends;
  std::vector<uint32_t> needs, dependents;
  uint32_t unmet = 0;      // of needs, not done yet
  bool reachable = false;  // some target needs it, or it is one
  uint32_t rank = 0;  // order in which Argo would look at it: targets first to last, needs first
};

// One element of `steps`.
struct Group {
  NodeId id;
  uint32_t first = 0, count = 0;  // calls
  size_t open = 0;                // items that are not done
  bool begun = false;
};

struct Frame {
  enum class Kind { kSteps, kDag, kRetry };
  Kind kind = Kind::kSteps;
  NodeId id;
  std::string name;
  Frame* boundary = nullptr;  // nearest Steps or DAG around it
  Link owner;
  bool hooked = false, on_exit = false;
  int depth = 0;
  std::string scope_name;                       // where its templates' names are looked up
  json::object body;                            // the resolved template
  std::shared_ptr<const json::object> written;  // the same with its tags
  std::unique_ptr<expr::Scope> scope;
  std::vector<std::string> untrusted;  // its own input parameters

  std::vector<Call> calls;  // a Retry's attempts are the items of its only call
  std::unordered_map<std::string, uint32_t> call_by_name;
  std::vector<Group> groups;
  size_t group = 0;                               // the one that runs
  std::vector<uint32_t> targets;                  // of a DAG
  size_t undone_tasks = 0;                        // reachable tasks that are begun and not done
  std::set<std::pair<uint32_t, uint32_t>> ready;  // (rank, call) of tasks whose needs are met

  struct Touched {
    uint32_t call = 0, item = 0;
    int32_t hook = -1;
  };
  std::deque<Touched> touched;  // children that changed since the frame last ran
  // Items that have not started, by the rank of their call: which of them gets the next free place
  // does not depend on when it came.
  struct Waiting {
    uint32_t rank = 0, call = 0, item = 0;
    friend auto operator<=>(const Waiting&, const Waiting&) = default;
  };
  std::set<Waiting> waiting;
  std::vector<Touched> later;  // items with a hook that could not start for want of room
  bool queued = false;
  bool failed_fast = false;  // template.failFast and a child failed (rule 11)
  std::string group_error;   // what ends the running group with Error (rule 10)
  bool scope_error = false;  // and the frame too: outputs before it can not be collected (rule 25)
  int64_t parallelism = 0;   // 0: no limit
  size_t started_open = 0;   // items started and not done

  bool is_boundary() const { return kind != Kind::kRetry; }
  std::string_view prefix() const { return kind == Kind::kDag ? "tasks" : "steps"; }
};

inline void take_up_later(Frame& frame) {
  frame.touched.insert(frame.touched.end(), frame.later.begin(), frame.later.end());
  frame.later.clear();
}

}  // namespace slipway::workflow
