// Outputs of steps and DAG templates, and outputs made global (spec rules 45 to 47).
#include <fmt/format.h>

#include "core/expr/exprlang/exprlang.h"
#include "core/expr/tag/tag.h"
#include "core/workflow/call.h"
#include "core/workflow/globals.h"
#include "core/workflow/leaf.h"
#include "core/workflow/sibling.h"

namespace slipway::workflow {
namespace {

Result<std::string> reference_value(const std::string& reference, const expr::Scope& scope) {
  std::string_view name = expr::single_tag(reference);
  if (!name.empty()) {
    const expr::Scope::Value* value = scope.find(name);
    if (value != nullptr && value->text) return *value->text;
    return Error{ErrorCode::kNotFound, fmt::format("unable to resolve {}", reference), {}};
  }
  return expr::substitute(reference, scope, {.allow_unresolved = false});
}

Result<std::string> output_value(const json::object& from, const expr::Scope& scope) {
  if (const std::string source = get_string(from, "expression"); !source.empty()) {
    TRY_ASSIGN(const json::value value, expr::evaluate(source, expr::nested(scope)));
    if (value.is_null()) {
      return Error{ErrorCode::kNotFound, fmt::format("expression '{}' gives nil", source), {}};
    }
    return expr::to_text(value);
  }
  return reference_value(get_string(from, "parameter"), scope);
}

Result<json::array> parameter_outputs(const json::array& declared, const expr::Scope& scope) {
  json::array made;
  for (const json::value& item : declared) {
    if (!item.is_object()) continue;
    json::object parameter = item.get_object();
    if (const json::object* from = find_object(parameter, "valueFrom")) {
      auto value = output_value(*from, scope);
      const json::value* fallback = find(*from, "default");
      if (!value.ok() && fallback == nullptr) {
        return Error{value.error().code,
                     fmt::format("output parameter '{}': {}", get_string(parameter, "name"),
                                 value.error().message),
                     {}};
      }
      const std::string text = value.ok() ? *value : any_string(*fallback);
      parameter.erase("valueFrom");
      parameter["value"] = text;
    }
    made.emplace_back(std::move(parameter));
  }
  return made;
}

// As arguments are resolved, keeping globalName.
Result<json::array> artifact_outputs(Pass& pass, const Frame& frame, const json::array& declared,
                                     const expr::Scope& scope) {
  json::object holder{{"arguments", json::object{{"artifacts", declared}}}};
  TRY_ASSIGN(json::object resolved, resolve_definition(pass, frame, holder, scope, false));
  json::array made = *find_array(*find_object(resolved, "arguments"), "artifacts");
  for (json::value& item : made) {
    json::object& artifact = item.get_object();
    for (const json::value& own : declared) {
      if (!own.is_object() ||
          get_string(own.get_object(), "name") != get_string(artifact, "name")) {
        continue;
      }
      const std::string name = get_string(own.get_object(), "globalName");
      if (!name.empty()) artifact["globalName"] = name;
    }
  }
  return made;
}

void upsert(json::array& list, json::object entry) {
  for (json::value& item : list) {
    if (item.is_object() && get_string(item.get_object(), "name") == get_string(entry, "name")) {
      item = std::move(entry);
      return;
    }
  }
  list.emplace_back(std::move(entry));
}

bool publish_list(const json::object& outputs, std::string_view key, json::object& global,
                  expr::Scope& scope) {
  const json::array* list = find_array(outputs, key);
  if (list == nullptr) return false;
  bool changed = false;
  for (const json::value& item : *list) {
    const json::object* output = item.if_object();
    const std::string name = output != nullptr ? get_string(*output, "globalName") : "";
    if (name.empty()) continue;
    json::object entry = *output;
    entry["name"] = name;
    for (const std::string_view extra : {"globalName", "valueFrom", "path"}) entry.erase(extra);
    if (const json::value* value = find(entry, "value")) set_global_output(scope, name, *value);
    json::value& all = global[key];
    if (!all.is_array()) all.emplace_array();
    upsert(all.get_array(), std::move(entry));
    changed = true;
  }
  return changed;
}

}  // namespace

Result<json::object> template_outputs(Pass& pass, const Frame& frame) {
  json::object made;
  const json::object* declared = find_object(frame.body, "outputs");
  if (declared == nullptr) return made;
  std::set<std::string> names;
  collect_names(json::value(*declared), names);
  expr::Scope scope(frame.scope.get());
  TRY(set_siblings(pass, frame, names, scope));
  if (const json::array* parameters = find_array(*declared, "parameters")) {
    TRY_ASSIGN(json::array list, parameter_outputs(*parameters, scope));
    if (!list.empty()) made["parameters"] = std::move(list);
  }
  if (const json::array* artifacts = find_array(*declared, "artifacts")) {
    TRY_ASSIGN(json::array list, artifact_outputs(pass, frame, *artifacts, scope));
    if (!list.empty()) made["artifacts"] = std::move(list);
  }
  return made;
}

void publish_global_outputs(Pass& pass, const json::object& outputs) {
  if (outputs.empty()) return;
  const json::value* now = pass.draft.status("outputs");
  json::object global = now != nullptr && now->is_object() ? now->get_object() : json::object{};
  const bool parameters = publish_list(outputs, "parameters", global, *pass.index.globals);
  const bool artifacts = publish_list(outputs, "artifacts", global, *pass.index.globals);
  if (parameters || artifacts) pass.draft.set_status("outputs", std::move(global));
}

}  // namespace slipway::workflow
