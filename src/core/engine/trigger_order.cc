#include "core/engine/trigger_order.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/workflow/submit_arguments.h"

namespace slipway::engine {
namespace {

using manifest::Kind;

constexpr std::string_view kUntrusted = "slipway.dev/untrusted";

bool is_zero(const json::value& value) {
  return value.is_null() || value == json::value("") || value == json::value(0) ||
         value == json::value(false) || value == json::value(0.0) ||
         (value.is_array() && value.get_array().empty()) ||
         (value.is_object() && value.get_object().empty());
}

// As Argo Events updates: members over members, where zero values leave what is there and lists are
// replaced whole.
void merge_over(json::object& target, const json::object& from) {
  for (const auto& member : from) {
    if (is_zero(member.value())) continue;
    json::value& place = target[member.key()];
    if (place.is_object() && member.value().is_object()) {
      merge_over(place.get_object(), member.value().get_object());
    } else {
      place = member.value();
    }
  }
}

// The same as a merge patch.
json::object without_zeros(const json::object& from) {
  json::object patch;
  for (const auto& member : from) {
    if (is_zero(member.value())) continue;
    const json::object* below = member.value().if_object();
    patch[member.key()] = below != nullptr ? json::value(without_zeros(*below)) : member.value();
  }
  return patch;
}

std::optional<json::object> find_there(const Model& model, const ActOrder& order,
                                       const Finished* finished) {
  auto there = find_object_as_it_is(model, object_text(*order.kind, order.ns, order.name));
  if (!there && finished != nullptr && !finished->empty()) return finished->front();
  return there;
}

std::string merge_strategy_of(const std::string& patch_strategy) {
  if (patch_strategy == "application/json-patch+json") return "json";
  return patch_strategy.find("strategic") != std::string::npos ? "strategic" : "merge";
}

}  // namespace

std::optional<workflow::Operation> operation_of(std::string_view verb) {
  if (verb == "stop") return workflow::Stop{"Stopped by a sensor", ""};
  if (verb == "terminate") return workflow::Terminate{};
  if (verb == "suspend") return workflow::Suspend{};
  if (verb == "resume") return workflow::Resume{};
  return std::nullopt;
}

json::object marked(json::object workflow, const sensor::Operate& operate) {
  if (operate.untrusted.empty()) return workflow;
  json::object& annotations =
      workflow::member_object(workflow::member_object(workflow, "metadata"), "annotations");
  json::array paths;
  const auto before = parse_json(get_string(annotations, kUntrusted));
  if (before.ok() && before->is_array()) paths = before->get_array();
  for (const std::string& name : operate.untrusted) {
    json::value path("spec.arguments.parameters." + name);
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  }
  annotations[kUntrusted] = print_json(json::value(paths));
  return workflow;
}

std::string name_in(const json::object& object) {
  return get_string(object_of(object, "metadata"), "name");
}

bool reaches_finished(const Model& model, const sensor::ChangeObject& change) {
  const std::string name = name_in(change.object);
  return manifest::parse_kind(get_string(change.object, "kind")) == Kind::kWorkflow &&
         change.operation != "create" && !name.empty() &&
         find_slot(model, change.ns, name) == nullptr;
}

Result<ActOrder> change_order(const Model& model, const sensor::ChangeObject& change,
                              const Finished* finished) {
  ActOrder order;
  order.action = change.operation;
  order.kind = *manifest::parse_kind(get_string(change.object, "kind"));
  order.ns = change.ns;
  order.name = name_in(change.object);
  order.object = change.object;
  if (order.action == "create") return order;
  if (order.name.empty()) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("to {} an object the trigger has to name it", order.action),
                 {}};
  }
  if (order.action == "delete") return order;
  auto there = find_there(model, order, finished);
  if (!there) {
    order.action = "create";
  } else if (order.action == "patch") {
    order.patch = json::value(change.object);
    order.merge_strategy = merge_strategy_of(change.patch_strategy);
  } else if (order.kind == Kind::kWorkflow) {
    order.action = "patch";  // a workflow is never replaced
    order.patch = json::value(without_zeros(change.object));
    order.merge_strategy = "merge";
  } else {
    order.action = "replace";
    merge_over(*there, change.object);
    order.object = std::move(*there);
  }
  return order;
}

std::string told(const ActOrder& order, const Acted& acted) {
  const std::string name = name_in(acted.object);
  return fmt::format("{} {}", order.action,
                     object_text(*order.kind, order.ns, name.empty() ? order.name : name));
}

}  // namespace slipway::engine
