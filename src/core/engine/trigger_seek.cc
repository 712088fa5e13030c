// Triggers on a workflow that was not live when their event came: the store has been asked for it.
// By now it may be live again, or gone.
#include <fmt/format.h>

#include "core/engine/trigger_order.h"
#include "core/workflow/check_operation.h"

namespace slipway::engine {
namespace {

struct Pursuit {
  const Model& model;
  const Input& input;
  const Finished& finished;
  Decision& decision;

  Result<std::string> take(Decision made, std::string text) const {
    if (made.reply.error) return std::move(*made.reply.error);
    for (Event& event : made.events) decision.events.push_back(std::move(event));
    return text;
  }

  Result<std::string> operator()(const sensor::Operate& operate) const {
    const RunSlot* slot = find_slot(model, operate.ns, operate.name);
    const std::string key = operate.ns + "/" + operate.name;
    if (slot == nullptr && finished.empty()) {
      return Error{ErrorCode::kNotFound, fmt::format("there is no Workflow {}", key), ""};
    }
    std::string text = fmt::format("{} Workflow {}", operate.verb, key);
    if (const auto operation = operation_of(operate.verb)) {
      return take(decide_operate(model, input, {operate.ns, operate.name, *operation, true}),
                  std::move(text));
    }
    const json::object object =
        marked(slot != nullptr ? slot->run.to_object() : finished.front(), operate);
    if (operate.verb == "retry") {
      return take(decide_retry(model, input, {object, {false, "", operate.parameters}}),
                  std::move(text));
    }
    TRY_ASSIGN(json::object again, workflow::resubmit(object, {false, operate.parameters, {}}));
    Random random(input.entropy);
    TRY_ASSIGN(Birth birth, give_birth(model, input.now, random, std::move(again), operate.ns, {},
                                       {}, /*lenient=*/true));
    decision.events.push_back({input.now, std::move(birth.event)});
    return fmt::format("Workflow {}/{}", birth.ns, birth.name);
  }

  Result<std::string> operator()(const sensor::ChangeObject& change) const {
    TRY_ASSIGN(const ActOrder order, change_order(model, change, &finished));
    TRY_ASSIGN(const Acted acted, carry_out(model, input, {}, order, &finished, decision));
    return told(order, acted);
  }
};

}  // namespace

Decision decide_answer(const Model& model, const Input& input, const WorkflowSought& body) {
  Decision decision;
  const auto called = model.calls.find(body.effect);
  if (called == model.calls.end() || !called->second.seeks) {
    decision.reply.message = fmt::format("{} is no longer waited for", body.effect.value);
    return decision;
  }
  Result<std::string> made = Error{ErrorCode::kUnavailable, body.error, ""};
  if (body.error.empty()) {
    made = std::visit(Pursuit{model, input, body.finished, decision}, *called->second.seeks);
  }
  if (!made.ok()) decision = {};
  decision.events.push_back(
      {input.now, TriggerDone{body.effect, made.ok(), made.ok() ? *made : made.error().text()}});
  return decision;
}

}  // namespace slipway::engine
