// What is asked of a workflow: stop, terminate, suspend, resume, set.
#include <fmt/format.h>

#include "core/engine/model.h"
#include "core/workflow/check_operation.h"

namespace slipway::engine {

namespace {

Decision unchanged(const OperateWorkflow& body) {
  Decision decision;
  decision.reply.name = body.name;
  decision.reply.message = fmt::format("Workflow {}/{} unchanged", body.ns, body.name);
  return decision;
}

Decision operate_finished(const OperateWorkflow& body) {
  const Status possible = workflow::check_finished(body.ns, body.name, body.operation);
  return possible.ok() ? unchanged(body) : refuse(possible.error().code, possible.error().text());
}

}  // namespace

Decision decide_operate(const Model& model, const Input& input, const OperateWorkflow& body) {
  const RunSlot* slot = find_slot(model, body.ns, body.name);
  if (slot == nullptr && !body.finished) {
    return refuse(ErrorCode::kNotFound,
                  fmt::format("there is no Workflow {}/{}", body.ns, body.name));
  }
  if (slot == nullptr || workflow::is_completed(slot->run.phase())) return operate_finished(body);
  if (const Status possible = check_operation(slot->run, body.operation); !possible.ok()) {
    return refuse(possible.error().code,
                  fmt::format("Workflow {}/{}: {}", body.ns, body.name, possible.error().text()));
  }
  workflow::Happening happening;
  happening.operations.push_back(body.operation);
  Decision decision;
  advance_run(model, input.now, input.entropy, slot->run, happening, decision);
  if (decision.events.empty()) return unchanged(body);
  decision.reply.workflow = slot->run.uid();
  decision.reply.name = body.name;
  decision.reply.message = fmt::format("Workflow {}/{} changed", body.ns, body.name);
  return decision;
}

}  // namespace slipway::engine
