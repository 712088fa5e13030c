// The metrics of a template (workflow/metrics/util.go of Argo).
#include <fmt/format.h>

#include <algorithm>

#include "core/workflow/plan_context.h"
#include "core/workflow/validate_report.h"

namespace slipway::workflow {
namespace {

bool is_metric_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

void check_metric(const json::object& metric, const std::string& place, Problems& problems) {
  const std::string name = get_string(metric, "name");
  if (!has_tag(name) && !is_metric_name(name)) {
    problems.add(fmt::format("{} metric name '{}' is invalid: it may hold letters, digits and '_'",
                             place, name));
  }
  if (get_string(metric, "help").empty()) {
    problems.add(fmt::format("{} metric '{}' must contain a help string", place, name));
  }
  for (const json::value& item : list_of(metric, "labels")) {
    const std::string label =
        item.is_object() ? get_string(item.get_object(), "key") : std::string();
    if (has_tag(label) || is_metric_name(label)) continue;
    problems.add(
        fmt::format("{} metric '{}' label '{}' is invalid: it may hold letters, digits "
                    "and '_'",
                    place, name, label));
  }
  for (const std::string_view type : {"counter", "gauge", "histogram"}) {
    const json::object* found = find_object(metric, type);
    if (found == nullptr || !get_string(*found, "value").empty()) continue;
    problems.add(fmt::format("{} metric '{}' is missing {}.value", place, name, type));
  }
  const json::object& gauge = object_of(metric, "gauge");
  if (get_bool(gauge, "realtime") &&
      get_string(gauge, "value").find("resourcesDuration.") != std::string::npos) {
    problems.add(fmt::format("{} metric '{}': resourcesDuration.* can not be used in real time",
                             place, name));
  }
}

}  // namespace

void check_metrics(const json::object& templ, const std::string& place, Problems& problems) {
  for (const json::value& item : list_of(object_of(templ, "metrics"), "prometheus")) {
    if (item.is_object()) check_metric(item.get_object(), place, problems);
  }
}

}  // namespace slipway::workflow
