#include "core/workflow/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/expr/exprlang/exprlang.h"
#include "core/expr/tag/tag.h"
#include "core/workflow/globals.h"

namespace slipway::workflow {
namespace {

const json::object* find_named(const json::array& list, std::string_view name) {
  for (const json::value& item : list) {
    if (item.is_object() && get_string(item.get_object(), "name") == name) {
      return &item.get_object();
    }
  }
  return nullptr;
}

Result<std::optional<std::string>> value_of(const json::object& parameter,
                                            const manifest::Catalog& catalog, std::string_view ns,
                                            const expr::Scope& scope) {
  if (const json::value* value = find(parameter, "value")) return std::optional(any_string(*value));
  const json::object* from = find_object(parameter, "valueFrom");
  if (from == nullptr) return std::optional<std::string>();
  if (const json::object* key = find_object(*from, "configMapKeyRef")) {
    auto value = config_map_parameter(*key, catalog, ns, scope);
    if (value.ok()) return std::optional(*value);
    if (value.error().code != ErrorCode::kNotFound) return value.error();
    if (find(*from, "default") == nullptr && find(parameter, "default") == nullptr) {
      return value.error();
    }
  }
  if (const std::string source = get_string(*from, "expression"); !source.empty()) {
    TRY_ASSIGN(const json::value value, expr::evaluate(source, expr::nested(scope)));
    if (!value.is_null()) return std::optional(expr::to_text(value));
  }
  if (const json::value* fallback = find(*from, "default")) {
    return std::optional(any_string(*fallback));
  }
  return std::optional<std::string>();
}

Status fill_parameters(json::object& inputs, const Arguments& arguments,
                       const manifest::Catalog& catalog, std::string_view ns,
                       const expr::Scope& scope) {
  json::value* list = inputs.if_contains("parameters");
  if (list == nullptr || !list->is_array()) return {};
  for (json::value& item : list->get_array()) {
    if (!item.is_object()) continue;
    json::object& parameter = item.get_object();
    const std::string name = get_string(parameter, "name");
    std::optional<std::string> value;
    const json::object* argument = find_named(arguments.parameters, name);
    if (argument != nullptr) {
      TRY_ASSIGN(value, value_of(*argument, catalog, ns, scope));
    }
    if (!value) {
      TRY_ASSIGN(value, value_of(parameter, catalog, ns, scope));
    }
    if (!value) {
      if (const json::value* fallback = find(parameter, "default")) value = any_string(*fallback);
    }
    if (!value) {
      const bool absent = argument != nullptr && find(*argument, kAbsent) != nullptr;
      return Error{ErrorCode::kInvalid,
                   fmt::format("inputs.parameters.{}{}", name,
                               absent ? ": argument references an absent optional (skipped/omitted "
                                        "node output with no default)"
                                      : " was not supplied"),
                   {}};
    }
    parameter["value"] = *value;
    parameter.erase("valueFrom");
  }
  return {};
}

Status fill_artifacts(json::object& inputs, const Arguments& arguments) {
  json::value* list = inputs.if_contains("artifacts");
  if (list == nullptr || !list->is_array()) return {};
  json::array filled;
  for (json::value& item : list->get_array()) {
    if (!item.is_object()) continue;
    json::object& declared = item.get_object();
    const std::string name = get_string(declared, "name");
    const json::object* argument = find_named(arguments.artifacts, name);
    if (argument == nullptr) {
      if (!has_location(declared) && !get_bool(declared, "optional")) {
        return Error{
            ErrorCode::kInvalid, fmt::format("inputs.artifacts.{} was not supplied", name), {}};
      }
      filled.push_back(declared);
      continue;
    }
    if (!has_location(*argument) && !has_location(declared) && !get_bool(declared, "optional")) {
      return Error{ErrorCode::kInvalid,
                   fmt::format("inputs.artifacts.{} missing location information", name),
                   {}};
    }
    json::object artifact = *argument;
    for (const std::string_view key : {"path", "mode", "recurseMode"}) {
      artifact.erase(key);
      if (const json::value* own = find(declared, key)) artifact[key] = *own;
    }
    filled.emplace_back(std::move(artifact));
  }
  *list = std::move(filled);
  return {};
}

}  // namespace

bool has_location(const json::object& artifact) {
  constexpr std::string_view kLocations[] = {"s3",    "git",    "http", "artifactory",
                                             "hdfs",  "raw",    "oss",  "gcs",
                                             "azure", "plugin", "from", "fromExpression"};
  return std::any_of(std::begin(kLocations), std::end(kLocations),
                     [&](std::string_view key) { return find(artifact, key) != nullptr; });
}

const json::object* find_named(const json::object& holder, std::string_view list,
                               std::string_view name) {
  const json::array* items = find_array(holder, list);
  return items != nullptr ? find_named(*items, name) : nullptr;
}

Arguments arguments_of(const json::object& holder) {
  Arguments arguments;
  const json::object* given = find_object(holder, "arguments");
  if (given == nullptr) return arguments;
  if (const json::array* list = find_array(*given, "parameters")) arguments.parameters = *list;
  if (const json::array* list = find_array(*given, "artifacts")) arguments.artifacts = *list;
  return arguments;
}

Place place_of(const Draft& draft, const Node& node) {
  Place place;
  place.node_name = node.name;
  if (node.runs_pod()) {
    const std::string name =
        node.template_name.empty() ? get_string(node.template_ref, "template") : node.template_name;
    place.pod_name = pod_name(draft.workflow_name(), name, node.name);
  }
  std::string called = node.name;
  const Node* retry = nullptr;
  const size_t open = node.name.rfind('(');
  if (node.retried && open != node.name.npos) retry = draft.find_name(node.name.substr(0, open));
  if (retry != nullptr) {
    called = retry->name;
    int attempt = 0;
    std::from_chars(node.name.data() + open + 1, node.name.data() + node.name.size(), attempt);
    place.retries = attempt;
    const Node* last =
        attempt > 0 ? draft.find_name(fmt::format("{}({})", retry->name, attempt - 1)) : nullptr;
    if (last != nullptr) {
      place.last_exit_code = get_string(last->outputs, "exitCode", "0");
      place.last_status = to_string(last->phase);
      place.last_message = last->message;
      const Duration took = last->finished_at - last->started_at;
      place.last_duration = std::to_string(took.ns / 1'000'000'000);
    }
  }
  const Node* boundary = node.boundary_id.empty() ? nullptr : draft.find(node.boundary_id);
  if (boundary != nullptr && !node.hooked) {
    place.caller = boundary->type == NodeType::kDag ? "tasks" : "steps";
    place.caller_name = display_name(called, boundary->name);
  }
  return place;
}

void set_place(expr::Scope& scope, const Place& place) {
  scope.set("node.name", place.node_name);
  if (!place.pod_name.empty()) scope.set("pod.name", place.pod_name);
  if (!place.caller.empty()) scope.set(place.caller + ".name", place.caller_name);
  if (!place.retries) return;
  scope.set("retries", std::to_string(*place.retries));
  scope.set("lastRetry.exitCode", place.last_exit_code);
  scope.set("lastRetry.status", place.last_status);
  scope.set("lastRetry.duration", place.last_duration);
  scope.set("lastRetry.message", place.last_message);
}

Result<json::object> fill_inputs(const json::object& templ, const Arguments& arguments,
                                 const manifest::Catalog& catalog, std::string_view ns,
                                 const expr::Scope& scope) {
  json::object filled = templ;
  json::value* inputs = filled.if_contains("inputs");
  if (inputs == nullptr || !inputs->is_object()) return filled;
  TRY(fill_parameters(inputs->get_object(), arguments, catalog, ns, scope));
  TRY(fill_artifacts(inputs->get_object(), arguments));
  return filled;
}

void set_inputs(expr::Scope& scope, const json::object& templ,
                const std::vector<std::string>& untrusted) {
  if (const json::object* inputs = find_object(templ, "inputs")) {
    if (const json::array* parameters = find_array(*inputs, "parameters")) {
      for (const json::value& item : *parameters) {
        const json::object* parameter = item.if_object();
        const json::value* value = parameter != nullptr ? find(*parameter, "value") : nullptr;
        if (value == nullptr) continue;
        const std::string name = get_string(*parameter, "name");
        const bool tainted = std::find(untrusted.begin(), untrusted.end(), name) != untrusted.end();
        scope.set("inputs.parameters." + name, any_string(*value), tainted);
      }
      scope.set("inputs.parameters", print_json(json::value(*parameters), {.escape_html = true}),
                !untrusted.empty());
    }
    if (const json::array* artifacts = find_array(*inputs, "artifacts")) {
      for (const json::value& item : *artifacts) {
        const json::object* artifact = item.if_object();
        if (artifact == nullptr || find(*artifact, "path") == nullptr) continue;
        scope.set(fmt::format("inputs.artifacts.{}.path", get_string(*artifact, "name")),
                  get_string(*artifact, "path"));
      }
    }
  }
  const json::object* outputs = find_object(templ, "outputs");
  if (outputs == nullptr) return;
  if (const json::array* parameters = find_array(*outputs, "parameters")) {
    for (const json::value& item : *parameters) {
      const json::object* parameter = item.if_object();
      const json::object* from =
          parameter != nullptr ? find_object(*parameter, "valueFrom") : nullptr;
      if (from == nullptr || find(*from, "path") == nullptr) continue;
      scope.set(fmt::format("outputs.parameters.{}.path", get_string(*parameter, "name")),
                get_string(*from, "path"));
    }
  }
  if (const json::array* artifacts = find_array(*outputs, "artifacts")) {
    for (const json::value& item : *artifacts) {
      const json::object* artifact = item.if_object();
      if (artifact == nullptr || find(*artifact, "path") == nullptr) continue;
      scope.set(fmt::format("outputs.artifacts.{}.path", get_string(*artifact, "name")),
                get_string(*artifact, "path"));
    }
  }
}

Result<json::object> paste_inputs(json::object filled, expr::Scope& scope,
                                  const std::vector<std::string>& untrusted) {
  TRY_ASSIGN(json::value first, expr::substitute(json::value(std::move(filled)), scope));
  set_inputs(scope, first.get_object(), untrusted);
  TRY_ASSIGN(json::value second, expr::substitute(first, scope));
  return std::move(second.get_object());
}

}  // namespace slipway::workflow
