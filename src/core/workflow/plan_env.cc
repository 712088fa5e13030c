#include "core/workflow/plan_env.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/workflow/plan_account.h"
#include "core/workflow/plan_field.h"
#include "core/workflow/plan_source.h"
#include "core/workflow/template_type.h"

namespace slipway::workflow {
namespace {

// Linux refuses a single argument or variable above 128 KiB; Argo too leaves a larger one out.
constexpr size_t kVariableBytes = 128u << 10;

void set_variable(std::vector<pod::EnvVar>& env, pod::EnvVar variable) {
  const auto same = std::find_if(env.begin(), env.end(),
                                 [&](const pod::EnvVar& v) { return v.name == variable.name; });
  if (same != env.end()) {
    *same = std::move(variable);
  } else {
    env.push_back(std::move(variable));
  }
}

// Kubernetes skips keys that can not be a variable's name.
bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.';
  };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

Status add_env_from(const PlanContext& context, const json::object& source,
                    std::vector<pod::EnvVar>& env) {
  const std::string prefix = get_string(source, "prefix");
  for (const SourceKind kind : {SourceKind::kConfigMap, SourceKind::kSecret}) {
    const json::object* reference =
        find_object(source, kind == SourceKind::kSecret ? "secretRef" : "configMapRef");
    if (reference == nullptr) continue;
    TRY_ASSIGN(const auto values, source_values(context, kind, get_string(*reference, "name"),
                                                get_bool(*reference, "optional")));
    for (const auto& [key, value] : values) {
      if (is_variable_name(prefix + key)) set_variable(env, {prefix + key, value});
    }
  }
  return {};
}

// nullopt: an optional reference to what is not there; the variable is left out.
Result<std::optional<pod::EnvVar>> referenced(const PlanContext& context,
                                              const json::object& pod_spec,
                                              const json::object& container,
                                              const std::string& name, const json::object& from) {
  for (const SourceKind kind : {SourceKind::kConfigMap, SourceKind::kSecret}) {
    const json::object* reference =
        find_object(from, kind == SourceKind::kSecret ? "secretKeyRef" : "configMapKeyRef");
    if (reference == nullptr) continue;
    Result<std::string> value =
        source_value(context, kind, get_string(*reference, "name"), get_string(*reference, "key"));
    if (value.ok()) return std::optional(pod::EnvVar{name, std::move(value).value()});
    if (value.error().code == ErrorCode::kNotFound && get_bool(*reference, "optional")) {
      return std::optional<pod::EnvVar>{};
    }
    return std::move(value).error();
  }
  if (const json::object* field = find_object(from, "fieldRef")) {
    const std::string path = get_string(*field, "fieldPath");
    if (path == "status.podIP" || path == "status.podIPs") {
      return std::optional(pod::EnvVar{name, "", "podIP"});
    }
    if (path == "status.hostIP" || path == "status.hostIPs") {
      return std::optional(pod::EnvVar{name, "", "hostIP"});
    }
    if (path == "spec.nodeName") return std::optional(pod::EnvVar{name, "", "nodeName"});
    TRY_ASSIGN(std::string value, field_value(context, pod_spec, path));
    return std::optional(pod::EnvVar{name, std::move(value)});
  }
  if (const json::object* resource = find_object(from, "resourceFieldRef")) {
    TRY_ASSIGN(ResourceValue found, resource_value(context, pod_spec, container, *resource));
    return std::optional(pod::EnvVar{name, std::move(found.text), std::move(found.runtime_field)});
  }
  return plan_error(context, ErrorCode::kInvalid,
                    fmt::format("env {}: valueFrom needs secretKeyRef, configMapKeyRef, fieldRef "
                                "or resourceFieldRef",
                                name));
}

void add_argo_variables(const PlanContext& context, const std::string& container,
                        std::vector<pod::EnvVar>& env) {
  const auto add = [&](std::string_view name, std::string value) {
    set_variable(env, {std::string(name), std::move(value)});
  };
  std::string templ = print_json(context.templ, {.escape_html = true});
  if (templ.size() >= kVariableBytes - 32) templ.clear();
  add("ARGO_CONTAINER_NAME", container);
  add("ARGO_TEMPLATE", std::move(templ));
  add("ARGO_NODE_ID", context.node.id.value);
  add("ARGO_INCLUDE_SCRIPT_OUTPUT", context.capture_result ? "true" : "false");
  add("ARGO_DEADLINE",
      context.retry_deadline ? format_rfc3339(*context.retry_deadline) : "0001-01-01T00:00:00Z");
  add("ARGO_PROGRESS_FILE", "/var/run/argo/progress");
  add("ARGO_PROGRESS_PATCH_TICK_DURATION", "1m0s");
  add("ARGO_PROGRESS_FILE_TICK_DURATION", "3s");
  add("ARGO_WORKFLOW_NAME", context.workflow_name);
  add("ARGO_WORKFLOW_UID", context.workflow_uid.value);
  add("ARGO_POD_NAME", context.pod_name);
  add("ARGO_POD_UID", context.node.pod_id.value);
  add("ARGO_INSTANCE_ID", "");
}

}  // namespace

Result<std::vector<pod::EnvVar>> plan_env(const PlanContext& context, const json::object& pod_spec,
                                          const json::object& container) {
  std::vector<pod::EnvVar> env = service_variables(context), declared = env;
  for (const json::value& source : list_of(container, "envFrom")) {
    if (source.is_object()) TRY(add_env_from(context, source.get_object(), env));
  }
  for (const json::value& item : list_of(container, "env")) {
    if (!item.is_object()) continue;
    const json::object& entry = item.get_object();
    const std::string name = get_string(entry, "name");
    pod::EnvVar variable{name, ""};
    if (const json::object* from = find_object(entry, "valueFrom")) {
      TRY_ASSIGN(auto found, referenced(context, pod_spec, container, name, *from));
      if (!found) continue;
      variable = std::move(*found);
    } else if (const json::value* value = find(entry, "value")) {
      variable.value = expand_variables(scalar_text(*value), declared);
    }
    set_variable(declared, variable);
    set_variable(env, std::move(variable));
  }
  add_argo_variables(context, get_string(container, "name"), env);
  return env;
}

std::string expand_variables(std::string_view text, const std::vector<pod::EnvVar>& env) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const size_t close = text[i + 1] == '(' ? text.find(')', i + 2) : text.npos;
    if (text[i + 1] == '$') {
      out += '$';
      ++i;
    } else if (close == text.npos) {
      out += text[i];
    } else {
      const std::string_view name = text.substr(i + 2, close - i - 2);
      const auto found = std::find_if(env.begin(), env.end(), [&](const pod::EnvVar& variable) {
        return variable.name == name && variable.runtime_field.empty();
      });
      out += found != env.end() ? std::string_view(found->value) : text.substr(i, close - i + 1);
      i = close;
    }
  }
  return out;
}

}  // namespace slipway::workflow
