// Which fields a template's type allows and wants, as Argo's validation has them
// (workflow/validate/validate.go: validateLeaf, validateNonLeaf, validateOutputParameter).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/workflow/inputs.h"
#include "core/workflow/plan_context.h"
#include "core/workflow/validate_report.h"

namespace slipway::workflow {
namespace {

bool is_whole_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

void check_mounts(const json::object& templ, const std::string& place, Problems& problems) {
  std::map<std::string, std::string> taken;
  for (const json::value& item : list_of(object_of(templ, "container"), "volumeMounts")) {
    if (!item.is_object()) continue;
    const std::string path = get_string(item.get_object(), "mountPath");
    const std::string name = get_string(item.get_object(), "name");
    const auto [first, fresh] = taken.emplace(path, "container.volumeMounts." + name);
    if (!fresh) {
      problems.add(fmt::format("{}.container.volumeMounts.{} mountPath '{}' already mounted in {}",
                               place, name, path, first->second));
    }
  }
  for (const json::value& item : list_of(object_of(templ, "inputs"), "artifacts")) {
    if (!item.is_object()) continue;
    const auto found = taken.find(get_string(item.get_object(), "path"));
    if (found == taken.end()) continue;
    problems.add(fmt::format("{}.inputs.artifacts.{}.path '{}' already mounted in {}", place,
                             get_string(item.get_object(), "name"), found->first, found->second));
  }
}

// Argo's own containers in a pod.
bool is_reserved(std::string_view name) {
  return name == "wait" || name == "supervisor" || name.starts_with("artifact-plugin-");
}

void check_containers(const json::object& templ, const std::string& place, Problems& problems) {
  const auto check = [&](const json::object& holder, std::string_view list,
                         const std::string& list_place, bool reserve) {
    const json::array& containers = list_of(holder, list);
    for (size_t i = 0; i < containers.size(); ++i) {
      if (!containers[i].is_object()) continue;
      const std::string name = get_string(containers[i].get_object(), "name");
      if (name.empty()) {
        problems.add(fmt::format("{}.{}[{}].name is required", place, list_place, i));
      } else if (reserve && is_reserved(name)) {
        problems.add(fmt::format("{}.{}.{}: \"{}\" is a reserved Argo container name", place,
                                 list_place, name, name));
      }
    }
  };
  check(templ, "initContainers", "initContainers", false);
  check(templ, "sidecars", "sidecars", true);
  check(object_of(templ, "containerSet"), "containers", "containerSet.containers", true);
}

void check_leaf(const json::object& templ, const std::string& place, Problems& problems) {
  check_mounts(templ, place, problems);
  check_containers(templ, place, problems);
  if (const json::value* deadline = find(templ, "activeDeadlineSeconds")) {
    const std::string text = scalar_text(*deadline);
    if (!has_tag(text) && !is_whole_number(text)) {
      problems.add(place +
                   ".activeDeadlineSeconds must be a positive integer > 0 or an argo variable");
    }
  }
  if (find(templ, "parallelism") != nullptr) {
    problems.add(place + ".parallelism is only valid for steps and dag templates");
  }
}

void check_non_leaf(const json::object& templ, TemplateType type, const std::string& place,
                    Problems& problems) {
  if (find(templ, "activeDeadlineSeconds") != nullptr && type != TemplateType::kSuspend) {
    problems.add(place + ".activeDeadlineSeconds is only valid for leaf templates");
  }
  if (!get_string(templ, "pendingTimeout").empty()) {
    problems.add(
        fmt::format("{}.pendingTimeout: a {} template doesn't support it", place, to_string(type)));
  }
  for (const std::string_view side : {"inputs", "outputs"}) {
    for (const json::value& item : list_of(object_of(templ, side), "artifacts")) {
      if (!item.is_object() || get_string(item.get_object(), "path").empty()) continue;
      problems.add(
          fmt::format("{}.{}.artifacts.{}.path is only valid in container/script templates", place,
                      side, get_string(item.get_object(), "name")));
    }
  }
}

// Where an output parameter's value comes from: one source, and one that the type has.
void check_value_from(const json::object& from, TemplateType type, const std::string& place,
                      Problems& problems) {
  constexpr std::array<std::string_view, 6> kSources{"path",      "jqFilter",   "jsonPath",
                                                     "parameter", "expression", "supplied"};
  std::vector<std::string_view> given;
  for (const std::string_view source : kSources) {
    const json::value* value = find(from, source);
    if (value != nullptr && (!value->is_string() || !value->get_string().empty())) {
      given.push_back(source);
    }
  }
  if (given.size() > 1) {
    problems.add(fmt::format("{} has multiple valueFrom types specified: {}; choose one", place,
                             fmt::join(given, ", ")));
    return;
  }
  if (given.empty()) {
    // A step's default alone is nothing either.
    problems.add(fmt::format("{} valueFrom type unspecified; choose one of {}", place,
                             fmt::join(kSources, ", ")));
    return;
  }
  const std::string_view source = given.front();
  if (type == TemplateType::kContainer || type == TemplateType::kContainerSet ||
      type == TemplateType::kScript) {
    if (source != "path") {
      problems.add(
          fmt::format("{}.path must be specified for {} templates", place, to_string(type)));
    }
  } else if (type == TemplateType::kResource) {
    if (source != "jqFilter" && source != "jsonPath") {
      problems.add(place + ".jqFilter or jsonPath must be specified for resource templates");
    }
  } else if (type == TemplateType::kSteps || type == TemplateType::kDag) {
    if (source != "parameter" && source != "expression") {
      problems.add(fmt::format("{}.parameter or expression must be specified for {} templates",
                               place, to_string(type)));
    }
  }
}

void check_output_parameters(const json::object& templ, TemplateType type, const std::string& place,
                             Problems& problems) {
  for (const json::value& item : list_of(object_of(templ, "outputs"), "parameters")) {
    if (!item.is_object()) continue;
    const json::object& parameter = item.get_object();
    const std::string at = place + ".outputs.parameters." + get_string(parameter, "name");
    const json::object* from = find_object(parameter, "valueFrom");
    if (from == nullptr) continue;
    if (find(parameter, "value") != nullptr) {
      problems.add(at + " has both valueFrom and value specified, choose one");
    } else {
      check_value_from(*from, type, at, problems);
    }
  }
}

}  // namespace

void check_fields(const json::object& templ, TemplateType type, const std::string& place,
                  Problems& problems) {
  const bool has_parts = type == TemplateType::kSteps || type == TemplateType::kDag;
  if (has_parts || type == TemplateType::kSuspend) {
    check_non_leaf(templ, type, place, problems);
  }
  if (!has_parts) check_leaf(templ, place, problems);
  check_output_parameters(templ, type, place, problems);
  for (const json::value& item : list_of(object_of(templ, "inputs"), "artifacts")) {
    if (!item.is_object() || get_string(item.get_object(), "from").empty()) continue;
    problems.add(fmt::format("{}.inputs.artifacts.{}.from is not valid in inputs", place,
                             get_string(item.get_object(), "name")));
  }
  const std::string policy = get_string(object_of(templ, "retryStrategy"), "retryPolicy");
  constexpr std::array<std::string_view, 5> kPolicies{"", "Always", "OnError", "OnFailure",
                                                      "OnTransientError"};
  if (!has_tag(policy) &&
      std::find(kPolicies.begin(), kPolicies.end(), policy) == kPolicies.end()) {
    problems.add(fmt::format(
        "{}.retryStrategy.retryPolicy '{}' is not Always, OnError, OnFailure or OnTransientError",
        place, policy));
  }
}

void check_argument_sources(const json::object& arguments, const std::string& prefix,
                            Problems& problems) {
  for (const json::value& item : list_of(arguments, "parameters")) {
    if (!item.is_object()) continue;
    const json::object* from = find_object(item.get_object(), "valueFrom");
    if (from == nullptr) continue;
    const bool outside = find(*from, "configMapKeyRef") != nullptr ||
                         find(*from, "event") != nullptr || find(*from, "supplied") != nullptr;
    const bool inside = find(*from, "path") != nullptr || find(*from, "jsonPath") != nullptr ||
                        find(*from, "parameter") != nullptr || find(*from, "expression") != nullptr;
    if (outside && !inside) continue;
    problems.add(prefix + get_string(item.get_object(), "name") +
                 ".valueFrom only allows: default, configMapKeyRef and supplied");
  }
  for (const json::value& item : list_of(arguments, "artifacts")) {
    if (!item.is_object()) continue;
    const std::string at = prefix + get_string(item.get_object(), "name");
    if (!has_location(item.get_object())) {
      problems.add(at + ".from, artifact location, or key is required");
    } else if (find(item.get_object(), "from") != nullptr &&
               find(item.get_object(), "fromExpression") != nullptr) {
      problems.add(at + " shouldn't have both from and fromExpression");
    }
  }
}

void check_call_fields(const json::object& call, const std::string& place, Problems& problems) {
  const json::object& arguments = object_of(call, "arguments");
  for (const json::value& item : list_of(arguments, "parameters")) {
    if (!item.is_object() || find(item.get_object(), "value") != nullptr ||
        find(item.get_object(), "valueFrom") != nullptr) {
      continue;
    }
    const std::string at = place + ".arguments." + get_string(item.get_object(), "name");
    problems.add(fmt::format("{}.value or {}.valueFrom is required", at, at));
  }
  check_argument_sources(arguments, place + ".arguments.", problems);
  std::vector<std::string_view> loops;
  for (const std::string_view key : {"withItems", "withParam", "withSequence"}) {
    const json::value* loop = find(call, key);
    if (loop != nullptr && (!loop->is_array() || !loop->get_array().empty())) loops.push_back(key);
  }
  if (loops.size() > 1) {
    problems.add(
        fmt::format("{} has {}; only one of withItems, withParam, withSequence can be "
                    "specified",
                    place, fmt::join(loops, " and ")));
  }
  const json::object& sequence = object_of(call, "withSequence");
  if (find(sequence, "count") != nullptr && find(sequence, "end") != nullptr) {
    problems.add(place + " only one of count or end can be defined in withSequence");
  }
}

}  // namespace slipway::workflow
