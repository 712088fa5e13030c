#include <fmt/format.h>

#include "core/expr/golang/golang.h"
#include "core/expr/tag/tag.h"
#include "core/workflow/merge.h"
#include "core/workflow/plan_context.h"
#include "core/workflow/template_type.h"
#include "core/workflow/validate_report.h"

namespace slipway::workflow {
namespace {

bool has_any(const json::object& object, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (find(object, key) != nullptr) return true;
  }
  return false;
}

std::optional<TemplateType> check_type(const json::object& templ, const std::string& place,
                                       Problems& problems) {
  std::vector<std::string_view> types;
  for (const std::string_view key : kTemplateTypeKeys) {
    if (find(templ, key) != nullptr) types.push_back(key);
  }
  if (types.size() != 1) {
    problems.add(fmt::format(
        "{} must have exactly one of {}; it has {}", place, fmt::join(kTemplateTypeKeys, ", "),
        types.empty() ? "none" : fmt::format("{}", fmt::join(types, " and "))));
  }
  return template_type(templ);
}

void check_inputs(const json::object& templ, bool in_pod, const std::string& place,
                  Problems& problems) {
  const json::object& inputs = object_of(templ, "inputs");
  check_names(list_of(inputs, "parameters"), place + ".inputs.parameters", is_parameter_name,
              problems);
  check_names(list_of(inputs, "artifacts"), place + ".inputs.artifacts", is_parameter_name,
              problems);
  std::set<std::string> paths;
  for (const json::value& item : list_of(inputs, "artifacts")) {
    if (!item.is_object() || !in_pod) continue;
    const std::string name = get_string(item.get_object(), "name");
    const std::string path = get_string(item.get_object(), "path");
    if (path.empty()) {
      problems.add(fmt::format("{}.inputs.artifacts.{}.path is required", place, name));
    } else if (!paths.insert(path).second) {
      problems.add(
          fmt::format("{}.inputs.artifacts.{}.path '{}' is not unique", place, name, path));
    }
  }
}

void check_outputs(const json::object& templ, bool in_pod, const std::string& place,
                   Problems& problems) {
  const json::object& outputs = object_of(templ, "outputs");
  check_names(list_of(outputs, "parameters"), place + ".outputs.parameters", is_parameter_name,
              problems);
  check_names(list_of(outputs, "artifacts"), place + ".outputs.artifacts", is_parameter_name,
              problems);
  for (const std::string_view list : {"parameters", "artifacts"}) {
    for (const json::value& item : list_of(outputs, list)) {
      const std::string name =
          item.is_object() ? get_string(item.get_object(), "globalName") : std::string();
      if (name.empty() || has_tag(name) || is_parameter_name(name)) continue;
      problems.add(
          fmt::format("{}.outputs.{}.{}.globalName '{}' may hold letters, digits, '-' "
                      "and '_'",
                      place, list, get_string(item.get_object(), "name"), name));
    }
  }
  for (const json::value& item : list_of(outputs, "parameters")) {
    if (!item.is_object() || has_any(item.get_object(), {"value", "valueFrom"})) continue;
    problems.add(fmt::format("{}.outputs.parameters.{} has neither value nor valueFrom", place,
                             get_string(item.get_object(), "name")));
  }
  for (const json::value& item : list_of(outputs, "artifacts")) {
    if (!item.is_object()) continue;
    const json::object& artifact = item.get_object();
    const bool placed = in_pod ? !get_string(artifact, "path").empty()
                               : has_any(artifact, {"from", "fromExpression", "path"});
    if (placed) continue;
    problems.add(fmt::format("{}.outputs.artifacts.{}.{} is required", place,
                             get_string(artifact, "name"), in_pod ? "path" : "from"));
  }
}

void check_container_set(const json::object& templ, const std::string& place, Problems& problems) {
  const json::array& containers = list_of(object_of(templ, "containerSet"), "containers");
  check_names(containers, place + ".containerSet.containers", is_step_name, problems);
  const std::set<std::string> names = names_in(object_of(templ, "containerSet"), "containers");
  if (containers.empty()) {
    problems.add(place + ".containerSet.containers must have at least one container");
  }
  Edges edges;
  for (const json::value& item : containers) {
    if (!item.is_object()) continue;
    for (const json::value& dependency : list_of(item.get_object(), "dependencies")) {
      edges[get_string(item.get_object(), "name")].push_back(scalar_text(dependency));
      if (names.contains(scalar_text(dependency))) continue;
      problems.add(fmt::format("{}.containerSet.containers.{} dependency '{}' not defined", place,
                               get_string(item.get_object(), "name"), scalar_text(dependency)));
    }
  }
  if (const auto cycle = find_cycle(edges); !cycle.empty()) {
    problems.add(fmt::format("{}.containerSet.containers dependency cycle detected: {}", place,
                             fmt::join(cycle, "->")));
  }
  const bool needs_main = !list_of(object_of(templ, "inputs"), "artifacts").empty() ||
                          !object_of(templ, "outputs").empty();
  if (needs_main && !names.contains("main")) {
    problems.add(place +
                 ".containerSet needs a container named \"main\" for its inputs or outputs");
  }
}

void check_image(const Subject& subject, const json::object& templ, std::string_view member,
                 const std::string& place, Problems& problems) {
  if (subject.settings.runtime != pod::RuntimeKind::kOci) return;
  const Result<json::object> merged = with_template_defaults(templ, subject.spec);
  const json::object& container = object_of(merged.ok() ? *merged : templ, member);
  if (get_string(container, "image").empty() && get_string(templ, "podSpecPatch").empty() &&
      get_string(subject.spec, "podSpecPatch").empty()) {
    problems.add(fmt::format("{}.{}.image is required", place, member));
  }
}

// Only what does work itself may have them (for pendingTimeout check_fields says so). Argo refuses
// a timeout that is a bare number, and takes a pendingTimeout that is one for seconds.
void check_timeouts(const json::object& templ, std::optional<TemplateType> type,
                    const std::string& place, Problems& problems) {
  const bool is_leaf =
      type != TemplateType::kSteps && type != TemplateType::kDag && type != TemplateType::kSuspend;
  for (const std::string_view key : {"timeout", "pendingTimeout"}) {
    const json::value* given = find(templ, key);
    const std::string text = given != nullptr ? scalar_text(*given) : "";
    if (text.empty()) continue;
    const bool seconds = key == "pendingTimeout";
    if (!is_leaf) {
      if (seconds) continue;
      problems.add(
          fmt::format("{}: a {} template doesn't support timeout", place, to_string(*type)));
    } else if (!has_tag(text) && !(seconds ? expr::parse_argo_duration(text).ok()
                                           : expr::parse_go_duration(text).ok())) {
      problems.add(fmt::format("{}.{} '{}' is not a duration such as {}30s or 1h30m", place, key,
                               text, seconds ? "30, " : ""));
    }
  }
}

void check_durations(const json::object& templ, std::optional<TemplateType> type,
                     const std::string& place, Problems& problems) {
  check_timeouts(templ, type, place, problems);
  if (type != TemplateType::kSuspend) return;
  const json::value* duration = find(object_of(templ, "suspend"), "duration");
  if (duration == nullptr) return;
  const std::string text = scalar_text(*duration);
  if (!text.empty() && !has_tag(text) && !expr::parse_argo_duration(text).ok()) {
    problems.add(
        fmt::format("{}.suspend.duration '{}' is not a duration such as 20 or 2m", place, text));
  }
}

// Every step or task of the template, groups flattened.
json::array callers(const json::object& templ, std::optional<TemplateType> type) {
  if (type == TemplateType::kDag) return list_of(object_of(templ, "dag"), "tasks");
  json::array all;
  for (const json::value& group : list_of(templ, "steps")) {
    if (group.is_object()) all.push_back(group);
    if (!group.is_array()) continue;
    for (const json::value& step : group.get_array()) all.push_back(step);
  }
  return all;
}

}  // namespace

void check_template(const Subject& subject, const json::object& templ, Problems& problems) {
  const std::string place = "templates." + get_string(templ, "name");
  const std::optional<TemplateType> type = check_type(templ, place, problems);
  const bool in_pod = type && runs_in_pod(*type);
  const auto scanned = expr::substitute(json::value(templ), expr::Scope());
  if (!scanned.ok() && scanned.error().code == ErrorCode::kInvalid) {
    problems.add(fmt::format("{}: {}", place, scanned.error().message));
  }
  check_inputs(templ, in_pod, place, problems);
  check_outputs(templ, in_pod, place, problems);
  check_durations(templ, type, place, problems);
  if (type) check_fields(templ, *type, place, problems);
  if (type == TemplateType::kContainer || type == TemplateType::kScript) {
    check_image(subject, templ, to_string(*type), place, problems);
  }
  check_metrics(templ, place, problems);
  if (type == TemplateType::kResource) check_resource(templ, place, problems);
  if (type == TemplateType::kContainerSet) check_container_set(templ, place, problems);
  if (type == TemplateType::kSteps || type == TemplateType::kDag) {
    check_names(callers(templ, type),
                fmt::format("{}.{}", place, type == TemplateType::kDag ? "tasks" : "steps"),
                is_step_name, problems);
  }
  if (type == TemplateType::kDag) check_dag(templ, problems);
}

}  // namespace slipway::workflow
