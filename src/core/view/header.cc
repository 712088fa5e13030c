#include <fmt/format.h>

#include "core/expr/golang/golang.h"
#include "core/view/duration.h"
#include "core/view/tree.h"

namespace slipway::views {
namespace {

void line(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out += fmt::format("{:<20} {}\n", name, value);
}

Time time_at(const json::object* object, std::string_view key) {
  if (object == nullptr) return {};
  const auto time = parse_rfc3339(get_string(*object, key));
  return time.ok() ? time.value() : Time{};
}

void conditions(std::string& out, const json::object& status) {
  const json::array* list = find_array(status, "conditions");
  if (list == nullptr || list->empty()) return;
  out += "Conditions:\n";
  for (const json::value& item : *list) {
    const json::object* condition = item.if_object();
    if (condition == nullptr) continue;
    const std::string text = get_string(*condition, "message");
    line(out, " " + get_string(*condition, "type"),
         text.empty() ? get_string(*condition, "status") : text);
  }
}

// As Argo prints it: seconds of each unit.
std::string resources(const json::object& durations) {
  std::string text;
  for (const auto& [key, unit] : {std::pair{"cpu", "1"}, std::pair{"memory", "100Mi"}}) {
    if (find(durations, key) == nullptr) continue;
    const Duration held = Duration::seconds(get_int(durations, key));
    text += fmt::format("{}{}*({} {})", text.empty() ? "" : ",", expr::format_go_duration(held),
                        unit, key);
  }
  return text;
}

void parameters(std::string& out, const json::object& spec) {
  const json::object* arguments = find_object(spec, "arguments");
  const json::array* list = arguments != nullptr ? find_array(*arguments, "parameters") : nullptr;
  if (list == nullptr || list->empty()) return;
  out += "Parameters:\n";
  for (const json::value& item : *list) {
    const json::object* parameter = item.if_object();
    const json::value* value = parameter != nullptr ? find(*parameter, "value") : nullptr;
    if (value == nullptr) continue;
    line(out, fmt::format("  {}:", get_string(*parameter, "name")),
         value->is_string() ? str(value->get_string()) : print_json(*value));
  }
}

}  // namespace

std::string render_header(const json::object& workflow, Time now) {
  const json::object& metadata = object_of(workflow, "metadata");
  const json::object& spec = object_of(workflow, "spec");
  const json::object& status = object_of(workflow, "status");
  std::string out;
  const std::string name = get_string(metadata, "name");
  line(out, "Name:", name.empty() ? get_string(metadata, "generateName") : name);
  line(out, "Namespace:", get_string(metadata, "namespace"));
  line(out, "ServiceAccount:", get_string(spec, "serviceAccountName", "unset"));
  line(out, "Status:", get_string(status, "phase", "Pending"));
  line(out, "Message:", get_string(status, "message"));
  conditions(out, status);
  const Time started = time_at(&status, "startedAt"), finished = time_at(&status, "finishedAt");
  line(out, "Created:", format_timestamp(time_at(&metadata, "creationTimestamp"), now));
  line(out, "Started:", format_timestamp(started, now));
  line(out, "Finished:", format_timestamp(finished, now));
  if (!started.is_zero()) {
    line(out, "Duration:", format_long((finished.is_zero() ? now : finished) - started));
  }
  if (const int64_t expected = get_int(status, "estimatedDuration");
      expected > 0 && get_string(status, "phase") == "Running") {
    line(out, "EstimatedDuration:", format_long(Duration::seconds(expected)));
  }
  line(out, "Progress:", get_string(status, "progress"));
  line(out, "ResourcesDuration:", resources(object_of(status, "resourcesDuration")));
  parameters(out, spec);
  return out;
}

}  // namespace slipway::views
