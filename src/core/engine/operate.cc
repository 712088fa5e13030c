// What is asked of a live workflow: stop, terminate, suspend, resume, set, delete.
#include <fmt/format.h>

#include "core/engine/model.h"
#include "core/workflow/artifact_gc.h"

namespace slipway::engine {

Decision decide_operate(const Model& model, const Input& input, const OperateWorkflow& body) {
  const RunSlot* slot = find_slot(model, body.ns, body.name);
  if (slot == nullptr) {
    return refuse(ErrorCode::kNotFound,
                  fmt::format("there is no live Workflow {}/{}", body.ns, body.name));
  }
  workflow::Happening happening;
  happening.operations.push_back(body.operation);
  Decision decision;
  advance_run(model, input.now, input.entropy, slot->run, happening, decision);
  decision.reply.workflow = slot->run.uid();
  decision.reply.name = body.name;
  if (decision.events.empty()) {
    decision.reply.message = fmt::format("Workflow {}/{} unchanged", body.ns, body.name);
    return decision;
  }
  decision.reply.message = fmt::format("Workflow {}/{} changed", body.ns, body.name);
  return decision;
}

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
    Decision below = decide_delete(model, input, DeleteWorkflow{uid, "", "", {}, {}});
    for (Event& event : below.events) events.push_back(std::move(event));
  }
}

}  // namespace

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
  WorkflowRemoved removed{body.uid, body.pods, body.claims, body.artifacts};
  if (slot != nullptr) {
    removed.uid = slot->run.uid();
    for (PodId& pod : pods_of(slot->run)) removed.pods.push_back(std::move(pod));
    for (std::string& claim : claims_of(slot->run)) removed.claims.push_back(std::move(claim));
    if (!slot->run.nodes().empty()) {
      const auto keys = workflow::artifacts_gone_at_deletion(slot->run.to_object());
      removed.artifacts.assign(keys.begin(), keys.end());
    }
  }
  decision.reply.workflow = removed.uid;
  decision.reply.name = body.name;
  decision.reply.message = fmt::format("Workflow {}/{} deleted", body.ns, body.name);
  const WorkflowUid uid = removed.uid;
  decision.events.push_back({input.now, std::move(removed)});
  remove_owned(model, input, uid, decision.events);
  return decision;
}

}  // namespace slipway::engine
