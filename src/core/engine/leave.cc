// How a workflow leaves: what its end or its deletion lets go (podGC, artifactGC), and what goes
// with it. One with artifacts to remove stays in memory until they have been dealt with.
#include <fmt/format.h>

#include "core/engine/cron.h"
#include "core/engine/model.h"
#include "core/workflow/artifact_gc.h"
#include "core/workflow/expiry.h"

namespace slipway::engine {
namespace {

// What a resource template made with setOwnerReference goes with its workflow, as Kubernetes'
// garbage collector has it.
void remove_owned(const Model& model, const Input& input, const WorkflowUid& owner,
                  std::vector<Event>& events) {
  for (const auto& [key, resource] : model.catalog.all()) {
    if (workflow::owner_of(resource.metadata()) == owner.value) {
      events.push_back({input.now, ResourceRemoved{key}});
    }
  }
  for (const auto& [uid, slot] : model.runs) {
    if (slot.run.owner_uid() != owner.value || uid == owner) continue;
    DeleteWorkflow owned;
    owned.uid = uid;
    Decision below = decide_delete(model, input, owned);
    for (Event& event : below.events) events.push_back(std::move(event));
  }
}

void remove(const Model& model, const Input& input, const RunSlot& slot,
            std::vector<Event>& events) {
  const WorkflowUid& uid = slot.run.uid();
  events.push_back(
      {input.now,
       WorkflowRemoved{
           uid, pods_of(slot.run), claims_of(slot.run), {}, slot.run.ns(), slot.run.name()}});
  remove_owned(model, input, uid, events);
}

// The run goes on to its end, or from there, with its deletion asked for.
void ask_for_deletion(const Model& model, const Input& input, const RunSlot& slot,
                      Decision& decision) {
  workflow::Delta delta;
  delta.uid = slot.run.uid();
  delta.at = input.now;
  workflow::ask_for_deletion(delta.metadata, input.now);
  decision.events.push_back({input.now, WorkflowAdvanced{std::move(delta)}});
  if (workflow::is_completed(slot.run.phase())) return;
  workflow::Happening happening;
  happening.operations.emplace_back(workflow::Terminate{});
  advance_run(model, input.now, input.entropy, slot.run, happening, decision);
}

void add(const Input& input, workflow::Delta delta, std::vector<Event>& events) {
  if (!delta.empty()) events.push_back({input.now, WorkflowAdvanced{std::move(delta)}});
}

}  // namespace

Decision decide_leave(const Model& model, const Input& input, const RunSlot& slot) {
  const workflow::Run& run = slot.run;
  Decision decision;
  decision.reply.workflow = run.uid();
  if (const std::set<std::string> due = workflow::artifacts_due(run); !due.empty()) {
    add(input, workflow::begin_collection(run, input.now), decision.events);
    decision.events.push_back({input.now, ArtifactsReleased{{due.begin(), due.end()}, run.uid()}});
    return decision;
  }
  if (!slot.recalled) {
    count_finished(model, input.now, run, decision);
    auto gc = workflow::pods_to_collect(run, world_of(model, input.now, input.entropy));
    if (!gc.pods.empty()) {
      decision.events.push_back(
          {input.now, PodsReleased{input.now + gc.delay, std::move(gc.pods)}});
    }
  }
  if (workflow::is_being_deleted(run) &&
      (workflow::ignores_failed_removal(run) || !workflow::has_artifacts_left(run))) {
    remove(model, input, slot, decision.events);
    return decision;
  }
  add(input, workflow::place_finalizer(run, input.now), decision.events);
  decision.events.push_back({input.now, WorkflowFinished{run.uid()}});
  return decision;
}

Decision decide_delete(const Model& model, const Input& input, const DeleteWorkflow& body) {
  const RunSlot* slot = nullptr;
  if (!body.uid.empty()) {
    const auto at = model.runs.find(body.uid);
    if (at != model.runs.end()) slot = &at->second;
  } else {
    slot = find_slot(model, body.ns, body.name);
  }
  if (slot == nullptr && body.uid.empty()) {
    return refuse(ErrorCode::kNotFound,
                  fmt::format("there is no live Workflow {}/{}", body.ns, body.name));
  }
  Decision decision;
  decision.reply.workflow = slot != nullptr ? slot->run.uid() : body.uid;
  decision.reply.name = body.name;
  decision.reply.message = fmt::format("Workflow {}/{} deleted", body.ns, body.name);
  if (slot != nullptr) {
    if (body.force || !workflow::has_artifacts_left(slot->run)) {
      remove(model, input, *slot, decision.events);
    } else if (!workflow::is_being_deleted(slot->run)) {
      ask_for_deletion(model, input, *slot, decision);
    }
  } else if (body.force || body.finished.empty()) {
    decision.events.push_back(
        {input.now, WorkflowRemoved{body.uid, body.pods, body.claims, {}, body.ns, body.name}});
    remove_owned(model, input, body.uid, decision.events);
  } else {
    const json::object object = workflow::recalled(body.finished, input.now);
    decision.events.push_back({input.now, WorkflowRecalled{body.uid, print_json(object)}});
  }
  return decision;
}

}  // namespace slipway::engine
