#include <fmt/format.h>

#include <algorithm>

#include "core/workflow/plan_context.h"
#include "core/workflow/validate_report.h"

namespace slipway::workflow {
namespace {

void check_enum(const json::object& parameter, const std::string& place, Problems& problems) {
  const json::value* value = find(parameter, "value");
  const json::value* allowed = find(parameter, "enum");
  if (allowed == nullptr || !allowed->is_array()) return;
  const json::array& words = allowed->get_array();
  if (words.empty()) {
    problems.add(place + ".enum should contain at least one value");
    return;
  }
  if (value == nullptr) return;
  const std::string text = scalar_text(*value);
  const bool known = std::any_of(words.begin(), words.end(), [&](const json::value& word) {
    return scalar_text(word) == text;
  });
  if (!known && !has_tag(text)) {
    problems.add(fmt::format("{}.value '{}' should be present in {}.enum: {}", place, text, place,
                             print_json(*allowed)));
  }
}

}  // namespace

void check_arguments(const Subject& subject, Problems& problems) {
  const json::object& arguments = object_of(subject.spec, "arguments");
  check_names(list_of(arguments, "parameters"), "spec.arguments.parameters", is_parameter_name,
              problems);
  check_names(list_of(arguments, "artifacts"), "spec.arguments.artifacts", is_parameter_name,
              problems);
  for (const json::value& item : list_of(arguments, "parameters")) {
    if (!item.is_object()) continue;
    const json::object& parameter = item.get_object();
    const std::string place = "spec.arguments." + get_string(parameter, "name");
    check_enum(parameter, place, problems);
    if (subject.is_template || find(parameter, "value") != nullptr ||
        find(parameter, "valueFrom") != nullptr) {
      continue;
    }
    problems.add(fmt::format("{}.value or {}.valueFrom is required", place, place));
  }
  check_argument_sources(arguments, "spec.arguments.", problems);
}

}  // namespace slipway::workflow
