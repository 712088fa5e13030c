// What is asked of a live workflow: stop, terminate, suspend, resume, set.
#include <fmt/format.h>

#include "core/engine/model.h"
#include "core/workflow/check_operation.h"

namespace slipway::engine {

Decision decide_operate(const Model& model, const Input& input, const OperateWorkflow& body) {
  const RunSlot* slot = find_slot(model, body.ns, body.name);
  if (slot == nullptr) {
    return refuse(ErrorCode::kNotFound,
                  fmt::format("there is no live Workflow {}/{}", body.ns, body.name));
  }
  if (const Status possible = check_operation(slot->run, body.operation); !possible.ok()) {
    return refuse(possible.error().code,
                  fmt::format("Workflow {}/{}: {}", body.ns, body.name, possible.error().text()));
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

}  // namespace slipway::engine
