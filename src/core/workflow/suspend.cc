// Suspend nodes (spec rule 59).
#include "core/workflow/suspend.h"

#include <fmt/format.h>

#include "core/workflow/globals.h"
#include "core/workflow/leaf.h"

namespace slipway::workflow {
namespace {

// A value for a supplied output that nobody gave: its default, or that of the input of its name.
std::optional<std::string> fallback_of(const Node& node, const json::object& parameter) {
  const json::value* own = find_path(parameter, {"valueFrom", "default"});
  if (own != nullptr && !own->is_null()) return any_string(*own);
  const json::object* input = find_named(node.inputs, "parameters", get_string(parameter, "name"));
  if (input == nullptr) return std::nullopt;
  for (const std::string_view key : {"default", "value"}) {
    if (const json::value* value = find(*input, key)) return any_string(*value);
  }
  return std::nullopt;
}

}  // namespace

std::string lacking_output(const Node& node) {
  for (const json::value& item : list_of(node.outputs, "parameters")) {
    if (!item.is_object() || find(item.get_object(), "value") != nullptr) continue;
    if (!fallback_of(node, item.get_object())) return get_string(item.get_object(), "name");
  }
  return {};
}

std::string lacking_output_message(std::string_view parameter) {
  return fmt::format("raw output parameter '{}' has not been set and does not have a default value",
                     parameter);
}

void resume_suspended(Pass& pass, const NodeId& id, std::string_view message, bool by_hand) {
  const Node* found = pass.draft.find(id);
  if (found == nullptr || found->fulfilled() || found->type != NodeType::kSuspend) return;
  if (const std::string lacking = lacking_output(*found); !lacking.empty()) {
    // Whoever resumed may still set it; a duration that is over does not come again.
    return pass.set_phase(id, by_hand ? Phase::kRunning : Phase::kError,
                          lacking_output_message(lacking));
  }
  json::object outputs = found->outputs;
  if (json::value* list = outputs.if_contains("parameters"); list != nullptr && list->is_array()) {
    for (json::value& item : list->get_array()) {
      if (!item.is_object() || find(item.get_object(), "value") != nullptr) continue;
      json::object& parameter = item.get_object();
      parameter["value"] = *fallback_of(*found, parameter);
    }
  }
  pass.update(id, [&](Node& node) {
    node.outputs = outputs;
    node.phase = Phase::kSucceeded;
    if (!message.empty()) node.message = message;
  });
  publish_global_outputs(pass, outputs);
}

}  // namespace slipway::workflow
