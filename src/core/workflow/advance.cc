#include "core/workflow/advance.h"

#include "core/workflow/act.h"
#include "core/workflow/begin.h"
#include "core/workflow/condition.h"
#include "core/workflow/control.h"
#include "core/workflow/finish.h"
#include "core/workflow/globals.h"
#include "core/workflow/leaf.h"
#include "core/workflow/lock_node.h"
#include "core/workflow/operate.h"
#include "core/workflow/pass.h"
#include "core/workflow/read.h"

namespace slipway::workflow {
namespace {

bool has_started(const Run& run) { return run.phase() == Phase::kRunning; }

Delta finish_pass(Pass& pass) {
  if (pass.draft.status("startedAt") != nullptr && pass.index.built) {
    set_condition(pass.draft, "PodRunning", pass.index.running_pods > 0 ? "True" : "False");
    pass.draft.set_status("progress", json::value(pass.index.progress.text()));
  }
  measure(pass);
  Delta delta = pass.draft.take(pass.now());
  delta.samples = std::move(pass.samples);
  delta.caches = std::move(pass.caches);
  if (!delta.empty()) pass.index.expect(delta);
  return delta;
}

// What has come due, and what room and locks may allow now.
void wake(Pass& pass) {
  for (const Timers::Key& key : pass.index.timers.take_due(pass.now())) {
    if (key.purpose == Timers::Purpose::kDeadline && key.node.empty()) {
      pass.set_past_deadline();
      stop_leaves(pass);
    } else {
      take_timer(pass, key);
    }
  }
  for (const NodeId& id : next_for_locks(pass)) resume_locked(pass, id);
  if (!pass.has_pod_room()) return;
  for (const NodeId& id : pass.index.lacking_room) {
    if (Frame* frame = pass.frame_of(id)) pass.enqueue(*frame);
  }
}

bool deadline_passed(const Pass& pass) {
  const std::optional<Time> deadline = pass.deadline();
  return deadline && *deadline <= pass.now();
}

bool is_over(const Pass& pass) {
  const json::value* phase = pass.draft.status("phase");
  if (phase == nullptr || !phase->is_string()) return false;
  return is_completed(parse_phase(view(phase->get_string())).value_or(Phase::kNone));
}

void run_all(Pass& pass) {
  if (!pass.index.owners.contains(pass.draft.id_of(pass.draft.workflow_name()))) enter(pass);
  do {
    run_queue(pass);
    conclude(pass);
  } while (!pass.index.queue.empty() && !is_over(pass));
}

Delta late_pass(const Run& run, const Happening& happening, const World& world) {
  Pass pass(run, world);
  for (const pod::PodReport& report : happening.reports) take_late_report(pass, report);
  return pass.draft.take(world.now);
}

}  // namespace

Delta advance(const Run& run, const Happening& happening, const World& world) {
  if (is_completed(run.phase())) return late_pass(run, happening, world);
  if (run.index().is_ahead()) run.index() = RunIndex{};
  Pass pass(run, world);
  const bool started = has_started(run);
  if (!started) {
    for (const Operation& operation : happening.operations) take_operation(pass, operation);
    if (!begin_workflow(pass)) return finish_pass(pass);
  } else if (!pass.index.built) {
    build_index(pass);
    const Node* entry = pass.draft.find_name(run.name());
    set_workflow_status(*pass.index.exit_globals, entry != nullptr ? entry->phase : Phase::kNone);
    if (entry != nullptr && entry->fulfilled()) {
      set_exit_globals(*pass.index.exit_globals, pass.draft, entry->phase);
    }
    // Up to where the index stood before, so that what happened meets the same frames.
    if (deadline_passed(pass)) pass.set_past_deadline();
    if (!pass.suspended() || !pass.shutdown().empty()) {
      enter(pass);
      run_queue(pass);
    }
  }
  set_duration(*pass.index.globals, pass.draft, world.now);
  if (deadline_passed(pass)) pass.set_past_deadline();
  for (const pod::PodReport& report : happening.reports) take_report(pass, report);
  for (const RequestResult& response : happening.responses) take_response(pass, response);
  if (happening.read != nullptr) take_read(pass, *happening.read);
  if (happening.act != nullptr) take_act(pass, *happening.act);
  if (started) {
    for (const Operation& operation : happening.operations) take_operation(pass, operation);
  }
  pass.index.at_rest = pass.suspended() && pass.shutdown().empty();
  if (pass.index.at_rest) return finish_pass(pass);
  wake(pass);
  run_all(pass);
  return finish_pass(pass);
}

}  // namespace slipway::workflow
