#include "core/engine/backfill.h"

#include <fmt/format.h>

#include <limits>

#include "core/engine/schedule.h"
#include "core/expr/golang/calendar.h"
#include "core/workflow/submit.h"
#include "core/workflow/submit_arguments.h"
#include "core/workflow/well_known.h"

namespace slipway::engine {
namespace {

constexpr std::string_view kLabelBackfill = "workflows.argoproj.io/backfill";
// time.Time.String() of Go, which is what Argo's workflows get as their argument.
constexpr std::string_view kTimeText = "2006-01-02 15:04:05 -0700 MST";

void add_argument(json::object& spec, const std::string& name, std::string text) {
  json::value& parameters = workflow::member_object(spec, "arguments")["parameters"];
  if (!parameters.is_array()) parameters.emplace_array();
  for (json::value& item : parameters.get_array()) {
    if (!item.is_object() || get_string(item.get_object(), "name") != name) continue;
    item.get_object()["value"] = std::move(text);
    return;
  }
  parameters.get_array().push_back(json::object{{"name", name}, {"value", std::move(text)}});
}

Result<json::object> workflow_at(const manifest::Resource& cron, const BackfillOptions& options,
                                 Time time) {
  TRY_ASSIGN(json::object workflow, workflow::from_template(cron, cron.ns()));
  json::object& metadata = workflow["metadata"].get_object();
  metadata["generateName"] = fmt::format("{}-backfill-{}-", cron.name(), options.name);
  workflow::member_object(metadata, "labels")[kLabelBackfill] = cron.name();
  workflow::member_object(metadata, "annotations")[workflow::kAnnotationScheduledTime] =
      format_rfc3339(time);
  json::object& spec = workflow["spec"].get_object();
  add_argument(spec, options.argument, expr::go_format_time(kTimeText, time));
  if (options.parallel) return workflow;
  spec["priority"] = std::numeric_limits<int32_t>::max();
  spec["synchronization"] =
      json::object{{"mutexes", json::array{json::object{{"name", options.name}}}}};
  return workflow;
}

}  // namespace

Result<std::vector<json::object>> backfill(const manifest::Resource& cron,
                                           const BackfillOptions& options) {
  if (const auto problems = schedule_problems(cron); !problems.empty()) {
    return Error{ErrorCode::kInvalid, problems.front(), cron.key().text()};
  }
  manifest::Resource running = cron;
  running.object["spec"].get_object().erase("suspend");
  running.object.erase("status");
  std::vector<json::object> workflows;
  set_scheduled_until(running, options.start);
  for (auto time = next_schedule(running); time && *time <= options.end;
       time = next_schedule(running)) {
    if (workflows.size() == options.most) {
      return Error{ErrorCode::kLimit,
                   fmt::format("there are more than {} scheduled times in that period; choose a "
                               "shorter one, or a larger --maxworkflowcount",
                               options.most),
                   cron.key().text()};
    }
    TRY_ASSIGN(json::object workflow, workflow_at(cron, options, *time));
    workflows.push_back(std::move(workflow));
    set_scheduled_until(running, *time);
  }
  return workflows;
}

}  // namespace slipway::engine
