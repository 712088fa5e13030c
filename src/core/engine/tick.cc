// What time and earlier facts have made due, one thing a decision: a finished run leaves, a
// schedule starts a workflow, a run gets a pass, a waiting one its first.
#include "core/engine/act.h"
#include "core/engine/cron.h"
#include "core/workflow/artifact_gc.h"
#include "core/workflow/expiry.h"

namespace slipway::engine {
namespace {

bool has_room(const Model& model) {
  return model.settings.parallelism <= 0 || model.running < model.settings.parallelism;
}

const manifest::ResourceKey* due_schedule(const Model& model, Time now) {
  for (const auto& [key, time] : model.schedules) {
    if (time <= now) return &key;
  }
  return nullptr;
}

// What the end of a workflow lets go: pods (podGC) and artifacts (artifactGC).
void collect(const Model& model, const Input& input, const workflow::Run& run,
             std::vector<Event>& events) {
  auto gc = workflow::pods_to_collect(run, world_of(model, input.now, input.entropy));
  if (!gc.pods.empty()) {
    events.push_back({input.now, PodsReleased{input.now + gc.delay, std::move(gc.pods)}});
  }
  const std::set<std::string> keys = workflow::artifacts_gone_at_completion(run);
  if (keys.empty()) return;
  events.push_back({input.now, WorkflowAdvanced{workflow::mark_artifacts(run, keys, input.now)}});
  events.push_back({input.now, ArtifactsReleased{{keys.begin(), keys.end()}}});
}

std::vector<PodId> released_by(const Model& model, Time now) {
  std::vector<PodId> pods;
  for (const auto& [due, pod] : model.released) {
    if (due > now) break;
    pods.push_back(pod);
  }
  return pods;
}

Decision pass(const Model& model, const Input& input, const workflow::Run& run) {
  Decision decision;
  decision.reply.workflow = run.uid();
  advance_run(model, input.now, input.entropy, run, {}, decision, /*quiet=*/true);
  return decision;
}

}  // namespace

Decision decide_tick(const Model& model, const Input& input) {
  Decision decision;
  // Before anything leaves: the end of a run may be what a node waits for.
  if (const auto key = model.acts.due(input.now)) return decide_act(model, input, *key);
  if (!model.leaving.empty()) {
    const WorkflowUid& uid = *model.leaving.begin();
    const workflow::Run& run = model.runs.at(uid).run;
    count_finished(model, input.now, run, decision);
    collect(model, input, run, decision.events);
    decision.events.push_back({input.now, WorkflowFinished{uid}});
    decision.reply.workflow = uid;
    return decision;
  }
  if (!model.released.empty() && model.released.begin()->first <= input.now) {
    decision.events.push_back({input.now, PodsCollected{released_by(model, input.now)}});
    return decision;
  }
  if (const manifest::ResourceKey* key = due_schedule(model, input.now)) {
    decide_schedule(model, input, *key, decision);
    return decision;
  }
  if (!model.due.empty() && model.due.begin()->first <= input.now) {
    return pass(model, input, model.runs.at(model.due.begin()->second).run);
  }
  if (!model.waiting.empty() && has_room(model)) {
    return pass(model, input, model.runs.at(model.waiting.begin()->uid).run);
  }
  return decision;
}

std::optional<Time> next_tick(const Model& model) {
  if (!model.leaving.empty() || (!model.waiting.empty() && has_room(model))) return Time{};
  std::optional<Time> next = model.acts.next();
  const auto sooner = [&next](Time time) {
    if (!next || time < *next) next = time;
  };
  if (!model.due.empty()) sooner(model.due.begin()->first);
  if (!model.released.empty()) sooner(model.released.begin()->first);
  for (const auto& [key, time] : model.schedules) sooner(time);
  return next;
}

}  // namespace slipway::engine
