#include "core/workflow/globals.h"

#include <fmt/format.h>

#include "core/expr/golang/golang.h"
#include "core/expr/tag/tag.h"
#include "core/workflow/well_known.h"

namespace slipway::workflow {
namespace {

class Untrusted {
 public:
  explicit Untrusted(const json::object& metadata) {
    const json::object* annotations = find_object(metadata, "annotations");
    if (annotations == nullptr) return;
    const auto list = parse_json(get_string(*annotations, kAnnotationUntrusted, "[]"));
    if (!list.ok() || !list->is_array()) return;
    for (const json::value& name : list->get_array()) {
      if (name.is_string()) names_.insert(variable_of(str(name.get_string())));
    }
  }
  bool covers(const std::string& name) const { return names_.contains(name); }
  // Whether `name` shows any of the values below it, as workflow.parameters does.
  bool covers_below(const std::string& name) const {
    const auto at = names_.lower_bound(name);
    return at != names_.end() && at->starts_with(name);
  }

 private:
  // A sensor notes the places in the object that it filled from an event; scripts paste variables.
  static std::string variable_of(std::string path) {
    for (const auto& [place, variable] : {std::pair<std::string_view, std::string_view>{
                                              "spec.arguments.parameters.", "workflow.parameters."},
                                          {"metadata.annotations.", "workflow.annotations."},
                                          {"metadata.labels.", "workflow.labels."}}) {
      if (path.starts_with(place)) return path.replace(0, place.size(), variable);
    }
    return path;
  }

  std::set<std::string> names_;
};

json::object metadata_map(const json::object& metadata, std::string_view key) {
  const json::object* found = find_object(metadata, key);
  return found != nullptr ? *found : json::object{};
}

void set_metadata_names(expr::Scope& scope, const json::object& metadata, std::string_view key,
                        const Untrusted& untrusted) {
  const json::object map = metadata_map(metadata, key);
  const std::string prefix = fmt::format("workflow.{}", key);
  const std::string all = print_json(map, {.sort_keys = true, .escape_html = true});
  scope.set(prefix, all, untrusted.covers_below(prefix));
  scope.set(prefix + ".json", all, untrusted.covers_below(prefix));
  for (const auto& member : map) {
    std::string name = fmt::format("{}.{}", prefix, std::string_view(member.key()));
    const bool tainted = untrusted.covers(name);
    scope.set(std::move(name), any_string(member.value()), tainted);
  }
}

void set_times(expr::Scope& scope, const Run& run) {
  const Time created = run.created_at();
  scope.set("workflow.creationTimestamp", format_rfc3339(created));
  scope.set("workflow.creationTimestamp.RFC3339", format_rfc3339(created));
  for (const char letter : std::string_view("aAbBcCdDeFHIjklmMnpRrStTuUvVwWxXyYzZ")) {
    const auto text = expr::go_strftime(letter, created);
    if (text.ok()) scope.set(fmt::format("workflow.creationTimestamp.{}", letter), *text);
  }
  scope.set("workflow.creationTimestamp.s", std::to_string(created.to_seconds()));
}

Result<std::string> argument_value(const json::object& parameter, const manifest::Catalog& catalog,
                                   std::string_view ns, const expr::Scope& scope) {
  const std::string name = get_string(parameter, "name");
  if (const json::value* value = find(parameter, "value")) return any_string(*value);
  const json::object* from = find_object(parameter, "valueFrom");
  const json::object* key = from != nullptr ? find_object(*from, "configMapKeyRef") : nullptr;
  if (key == nullptr) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("either value or valueFrom must be specified in order to set global "
                             "parameter {}",
                             name),
                 {}};
  }
  auto value = config_map_parameter(*key, catalog, ns, scope);
  if (value.ok()) return value;
  if (const json::value* fallback = find(*from, "default")) return any_string(*fallback);
  return Error{value.error().code,
               fmt::format("failed to set global parameter {} from configmap: {}", name,
                           value.error().message),
               {}};
}

Status set_arguments(expr::Scope& scope, const Draft& draft, const manifest::Catalog& catalog,
                     const Untrusted& untrusted) {
  const json::object* arguments = find_object(draft.effective_spec(), "arguments");
  const json::array* parameters =
      arguments != nullptr ? find_array(*arguments, "parameters") : nullptr;
  const json::array none;
  const std::string all =
      print_json(json::value(parameters != nullptr ? *parameters : none), {.escape_html = true});
  const bool any_untrusted = untrusted.covers_below("workflow.parameters");
  scope.set("workflow.parameters", all, any_untrusted);
  scope.set("workflow.parameters.json", all, any_untrusted);
  if (parameters == nullptr) return {};
  for (const json::value& item : *parameters) {
    const json::object* parameter = item.if_object();
    if (parameter == nullptr) continue;
    TRY_ASSIGN(const std::string raw, argument_value(*parameter, catalog, draft.run().ns(), scope));
    auto value = expr::substitute(raw, scope);
    std::string name = "workflow.parameters." + get_string(*parameter, "name");
    const bool tainted = untrusted.covers(name);
    scope.set(std::move(name), value.ok() ? *value : raw, tainted);
  }
  return {};
}

void set_outputs(expr::Scope& scope, const Draft& draft) {
  const json::value* outputs = draft.status("outputs");
  if (outputs == nullptr || !outputs->is_object()) return;
  if (const json::array* parameters = find_array(outputs->get_object(), "parameters")) {
    for (const json::value& item : *parameters) {
      if (!item.is_object()) continue;
      const json::value* value = find(item.get_object(), "value");
      if (value != nullptr) set_global_output(scope, get_string(item.get_object(), "name"), *value);
    }
  }
}

}  // namespace

std::string any_string(const json::value& value) {
  if (value.is_string()) return str(value.get_string());
  return print_json(value);
}

Status set_globals(expr::Scope& scope, const Draft& draft, const manifest::Catalog& catalog) {
  const Run& run = draft.run();
  const json::object& spec = draft.effective_spec();
  const json::object& metadata = run.metadata();
  const Untrusted untrusted(metadata);
  scope.set("workflow.name", run.name());
  scope.set("workflow.namespace", run.ns());
  scope.set("workflow.uid", run.uid().value);
  scope.set("workflow.mainEntrypoint", get_string(spec, "entrypoint"));
  scope.set("workflow.serviceAccountName", get_string(spec, "serviceAccountName"));
  if (const json::value* priority = find(spec, "priority")) {
    scope.set("workflow.priority", any_string(*priority));
  }
  const json::object annotations = metadata_map(metadata, "annotations");
  if (const json::string* time = find_string(annotations, kAnnotationScheduledTime)) {
    scope.set("workflow.scheduledTime", str(*time));
  }
  set_times(scope, run);
  set_metadata_names(scope, metadata, "annotations", untrusted);
  set_metadata_names(scope, metadata, "labels", untrusted);
  TRY(set_arguments(scope, draft, catalog, untrusted));
  set_outputs(scope, draft);
  return {};
}

void set_global_output(expr::Scope& scope, const std::string& name, const json::value& value) {
  scope.set("workflow.outputs.parameters." + name, any_string(value));
}

void set_duration(expr::Scope& scope, const Draft& draft, Time now) {
  const json::value* started = draft.status("startedAt");
  const auto since = started != nullptr && started->is_string()
                         ? parse_rfc3339(view(started->get_string()))
                         : Result<Time>(now);
  const Duration duration = since.ok() ? now - *since : Duration{};
  scope.set("workflow.duration", fmt::format("{:.6f}", duration.to_seconds()));
}

void set_workflow_status(expr::Scope& scope, Phase entry_phase) {
  // A skipped entry node is a success; one that has not begun counts as running.
  Phase phase = entry_phase;
  if (phase == Phase::kSkipped || phase == Phase::kOmitted) phase = Phase::kSucceeded;
  if (phase == Phase::kNone) phase = Phase::kRunning;
  scope.set("workflow.status", std::string(to_string(phase)));
}

void set_exit_globals(expr::Scope& scope, const Draft& draft, Phase entry_phase) {
  set_workflow_status(scope, entry_phase);
  json::array failures;
  draft.for_each([&](const Node& node) {
    if (!node.failed_or_error()) return;
    json::object failure;
    failure["displayName"] = node.display_name;
    failure["message"] = node.message;
    // As if each of them had a pod, as in Argo.
    const std::string from =
        node.template_ref.empty() ? node.template_name : get_string(node.template_ref, "template");
    failure["templateName"] = from;
    failure["phase"] = to_string(node.phase);
    failure["podName"] = pod_name(draft.workflow_name(), from, node.name);
    failure["finishedAt"] = format_rfc3339(node.finished_at);
    failures.emplace_back(std::move(failure));
  });
  const std::string text =
      failures.empty() ? "null" : print_json(json::value(failures), {.escape_html = true});
  scope.set("workflow.failures", expr::go_quote(text));
}

Result<std::string> config_map_parameter(const json::object& reference,
                                         const manifest::Catalog& catalog, std::string_view ns,
                                         const expr::Scope& scope) {
  TRY_ASSIGN(const std::string name, expr::substitute(get_string(reference, "name"), scope));
  TRY_ASSIGN(const std::string key, expr::substitute(get_string(reference, "key"), scope));
  auto value = catalog.config_map_value(ns, name, key);
  if (!value.ok() && get_bool(reference, "optional")) return std::string();
  return value;
}

}  // namespace slipway::workflow
