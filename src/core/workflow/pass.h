// Pass: what the controls share while one pass decides. Each control has a file of its own; they
// all change nodes through here, so that counters, timers and owners are kept in one place.
#pragma once

#include <string>
#include <string_view>

#include "core/workflow/advance.h"
#include "core/workflow/draft.h"
#include "core/workflow/inputs.h"
#include "core/workflow/lookup.h"
#include "core/workflow/run_index.h"

namespace slipway::workflow {

class Pass {
 public:
  Pass(const Run& run, const World& world);

  const World& world;
  Draft draft;
  RunIndex& index;
  std::vector<CacheWrite> caches;    // what Delta::caches will be
  std::vector<Sample> samples;       // what Delta::samples will be
  bool began = false;                // the workflow did, in this pass or before a restart
  std::vector<NodeId> begun, ended;  // nodes, in this pass

  Time now() const { return world.now; }
  const json::object& spec() const { return draft.effective_spec(); }

  // --- nodes ---
  // Adds a node with times set, and a completed one finished.
  void create(Node node);
  // Changes one: phases by the table, counters, timers and the owner's notice follow.
  template <class Change>
  void update(const NodeId& id, Change&& change) {
    const Before before = look(id);
    change(draft.edit(id));
    settle(id, before);
  }
  void set_phase(const NodeId& id, Phase phase, std::string_view message);
  void touch_owner(const NodeId& id);
  void own(const NodeId& id, const Link& link) { index.owners[id] = link; }

  // --- frames ---
  void enqueue(Frame& frame);
  Frame* frame_of(const NodeId& id);
  void drop_frame(Frame& frame);

  // --- the workflow as a whole ---
  std::string_view shutdown() const;  // "", "Stop" or "Terminate"
  bool suspended() const;
  bool past_deadline() const { return past_deadline_; }
  std::optional<Time> deadline() const;  // activeDeadlineSeconds after the start (rule 57)
  void set_past_deadline() { past_deadline_ = true; }
  // Whether `on_exit` work, or other, may still start (rules 57 and 58).
  bool may_start(bool on_exit) const;
  bool has_pod_room() const;  // spec.parallelism
  // workflow.status and so on are known to hooks and exit handlers only.
  const expr::Scope& globals(bool with_status) const {
    return with_status ? *index.exit_globals : *index.globals;
  }

 private:
  struct Before {
    Phase phase;
    bool fulfilled, active_pod, running_pod, active_child;
    Progress progress;
  };
  Before look(const NodeId& id) const;
  void settle(const NodeId& id, const Before& before);
  void count(const Node& node, const Before& before);

  bool past_deadline_ = false;
};

// Steps, DAGs and pods count as children of their boundary (rule 62).
bool counts_as_child(const Node& node);

// Pods that count for parallelism: Pending or Running and not waiting for a lock (rule 62).
bool is_active(const Node& node);

}  // namespace slipway::workflow
