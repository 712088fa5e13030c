#include "core/engine/schedule.h"

#include <algorithm>

#include "core/schedule/cron.h"

namespace slipway::engine {
namespace {

// `schedules`, and the single `schedule` of older manifests.
std::vector<std::string> expressions(const manifest::Resource& cron) {
  std::vector<std::string> found;
  if (const json::array* list = find_array(cron.spec(), "schedules")) {
    for (const json::value& text : *list) {
      if (text.is_string()) found.push_back(str(text.get_string()));
    }
  }
  const std::string single = get_string(cron.spec(), "schedule");
  if (!single.empty() && found.empty()) found.push_back(single);
  return found;
}

Time scheduled_until(const manifest::Resource& cron) {
  const json::object* annotations = find_object(cron.metadata(), "annotations");
  if (annotations == nullptr) return {};
  const auto time = parse_rfc3339(get_string(*annotations, kScheduledUntil));
  return time.ok() ? time.value() : Time{};
}

std::vector<schedule::Cron> crons(const manifest::Resource& cron) {
  std::vector<schedule::Cron> parsed;
  const std::string zone = get_string(cron.spec(), "timezone");
  for (const std::string& expression : expressions(cron)) {
    auto one = schedule::Cron::parse(expression, zone);
    if (one.ok()) parsed.push_back(std::move(one).value());
  }
  return parsed;
}

}  // namespace

std::vector<std::string> schedule_problems(const manifest::Resource& cron) {
  std::vector<std::string> problems;
  const auto all = expressions(cron);
  if (all.empty()) {
    problems.push_back("spec.schedules is empty; give at least one, e.g. \"0 3 * * *\"");
  }
  const std::string zone = get_string(cron.spec(), "timezone");
  const std::string policy = get_string(cron.spec(), "concurrencyPolicy");
  if (!policy.empty() && policy != "Allow" && policy != "Forbid" && policy != "Replace") {
    problems.push_back("spec.concurrencyPolicy: '" + policy + "' is not Allow, Forbid or Replace");
  }
  if (get_int(cron.spec(), "startingDeadlineSeconds") < 0) {
    problems.push_back("spec.startingDeadlineSeconds: it must not be negative");
  }
  // "-" and ten digits of a time are appended for each workflow.
  if (cron.name().size() > 52) {
    problems.push_back("metadata.name: it has more than 52 characters");
  }
  for (const std::string& expression : all) {
    const auto one = schedule::Cron::parse(expression, zone);
    if (!one.ok()) problems.push_back("schedule '" + expression + "': " + one.error().text());
  }
  return problems;
}

bool same_schedule(const manifest::Resource& a, const manifest::Resource& b) {
  return expressions(a) == expressions(b) &&
         get_string(a.spec(), "timezone") == get_string(b.spec(), "timezone") &&
         get_bool(a.spec(), "suspend") == get_bool(b.spec(), "suspend");
}

void take_schedule(manifest::Resource& cron, const manifest::Resource& from) {
  set_scheduled_until(cron, scheduled_until(from));
}

std::optional<Time> next_schedule(const manifest::Resource& cron) {
  if (get_bool(cron.spec(), "suspend")) return std::nullopt;
  const json::object* status = find_object(cron.object, "status");
  if (status != nullptr && get_string(*status, "phase") == "Stopped") return std::nullopt;
  const Time until = scheduled_until(cron);
  if (until.is_zero()) return std::nullopt;
  std::optional<Time> next;
  for (const schedule::Cron& one : crons(cron)) {
    const auto time = one.next(until);
    if (time && (!next || *time < *next)) next = time;
  }
  return next;
}

std::optional<Time> latest_schedule(const manifest::Resource& cron, Time now) {
  // Steps back in growing windows instead of walking a schedule that ran for a year unseen.
  const Time until = scheduled_until(cron);
  std::optional<Time> latest;
  for (const schedule::Cron& one : crons(cron)) {
    std::optional<Time> found;
    for (Duration window = Duration::seconds(120); !found; window = window * 8) {
      const bool whole = now - window <= until;
      const Time from = whole ? until : now - window;
      for (auto time = one.next(from); time && *time <= now; time = one.next(*time)) found = time;
      if (whole) break;
    }
    if (found && (!latest || *found > *latest)) latest = found;
  }
  return latest;
}

void set_scheduled_until(manifest::Resource& cron, Time time) {
  json::value& metadata = cron.object["metadata"];
  if (!metadata.is_object()) metadata.emplace_object();
  json::value& annotations = metadata.get_object()["annotations"];
  if (!annotations.is_object()) annotations.emplace_object();
  annotations.get_object()[kScheduledUntil] = format_rfc3339(time);
}

}  // namespace slipway::engine
