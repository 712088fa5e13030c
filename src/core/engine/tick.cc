// What time and earlier facts have made due, one thing a decision: a finished run leaves, a
// schedule starts a workflow, a run gets a pass, a waiting one its first.
#include "core/engine/act.h"
#include "core/engine/cron.h"

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
    return decide_leave(model, input, model.runs.at(*model.leaving.begin()));
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
