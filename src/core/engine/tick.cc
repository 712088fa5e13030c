// What time and earlier facts have made due, one thing a decision: a finished run leaves, a
// schedule starts a workflow, a run gets a pass, a waiting one its first.
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

Decision pass(const Model& model, const Input& input, const workflow::Run& run) {
  Decision decision;
  // An empty delta is journaled too: it is what tells the model that this pass has been made.
  workflow::Delta delta = workflow::advance(run, {}, world_of(model, input.now, input.entropy));
  delta.uid = run.uid();
  delta.at = input.now;
  decision.reply.workflow = run.uid();
  decision.events.push_back({input.now, WorkflowAdvanced{std::move(delta)}});
  return decision;
}

}  // namespace

Decision decide_tick(const Model& model, const Input& input) {
  Decision decision;
  if (!model.leaving.empty()) {
    const WorkflowUid& uid = *model.leaving.begin();
    count_finished(model, input.now, model.runs.at(uid).run, decision);
    decision.events.push_back({input.now, WorkflowFinished{uid}});
    decision.reply.workflow = uid;
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
  std::optional<Time> next;
  if (!model.due.empty()) next = model.due.begin()->first;
  for (const auto& [key, time] : model.schedules) {
    if (!next || time < *next) next = time;
  }
  return next;
}

}  // namespace slipway::engine
