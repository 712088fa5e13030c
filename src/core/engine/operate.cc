// What is asked of a live workflow: stop, terminate, suspend, resume, set, delete.
#include <fmt/format.h>

#include "core/engine/model.h"

namespace slipway::engine {

Decision decide_operate(const Model& model, const Input& input, const OperateWorkflow& body) {
  const RunSlot* slot = find_slot(model, body.ns, body.name);
  if (slot == nullptr) {
    return refuse(ErrorCode::kNotFound,
                  fmt::format("there is no live Workflow {}/{}", body.ns, body.name));
  }
  workflow::Happening happening;
  happening.operations.push_back(body.operation);
  workflow::Delta delta =
      workflow::advance(slot->run, happening, world_of(model, input.now, input.entropy));
  Decision decision;
  decision.reply.workflow = slot->run.uid();
  decision.reply.name = body.name;
  if (delta.empty()) {
    decision.reply.message = fmt::format("Workflow {}/{} unchanged", body.ns, body.name);
    return decision;
  }
  decision.reply.message = fmt::format("Workflow {}/{} changed", body.ns, body.name);
  decision.events.push_back({input.now, WorkflowAdvanced{std::move(delta)}});
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
  WorkflowRemoved removed{body.uid, body.pods, body.claims};
  if (slot != nullptr) {
    removed.uid = slot->run.uid();
    for (PodId& pod : pods_of(slot->run)) removed.pods.push_back(std::move(pod));
    for (std::string& claim : claims_of(slot->run)) removed.claims.push_back(std::move(claim));
  }
  decision.reply.workflow = removed.uid;
  decision.reply.name = body.name;
  decision.reply.message = fmt::format("Workflow {}/{} deleted", body.ns, body.name);
  decision.events.push_back({input.now, std::move(removed)});
  return decision;
}

}  // namespace slipway::engine
