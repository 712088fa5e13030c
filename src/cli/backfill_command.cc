// cron backfill: the runs that a CronWorkflow would have had, as argo makes them up.
#include <fmt/format.h>

#include "adapter/clock/system_clock.h"
#include "base/random.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "core/engine/backfill.h"
#include "core/expr/golang/calendar.h"

namespace slipway::cli {
namespace {

struct Given {
  Connection connection;
  std::string cron, name, start, end, argument = "cronScheduleTime";
  std::string format = "Mon, 02 Jan 2006 15:04:05 MST";
  bool parallel = false;
  int most = 1000;
};

// In --format, or RFC 3339.
Result<Time> time_of(const std::string& text, const std::string& format, std::string_view option) {
  if (const auto moment = expr::go_parse_time(format, text); moment.ok()) return moment->time;
  if (const auto time = parse_rfc3339(text); time.ok()) return *time;
  return Error{
      ErrorCode::kInvalid,
      fmt::format("{}: '{}' is no time like '{}' or 2020-05-19T02:00:00Z", option, text, format),
      ""};
}

Result<engine::BackfillOptions> read_options(const Given& given) {
  adapter::SystemClock clock;
  engine::BackfillOptions options;
  Random random(clock.entropy());
  options.name = given.name.empty() ? random_suffix(random) : given.name;
  options.parallel = given.parallel;
  options.argument = given.argument;
  options.most = static_cast<size_t>(std::max(given.most, 0));
  TRY_ASSIGN(options.start, time_of(given.start, given.format, "--start"));
  options.end = clock.now();
  if (!given.end.empty()) {
    TRY_ASSIGN(options.end, time_of(given.end, given.format, "--end"));
  }
  return options;
}

int run(const Given& given) {
  const auto options = read_options(given);
  if (!options.ok()) return fail(options.error()), kUsage;
  const Client client(given.connection);
  const std::string ns = encode_url(given.connection.ns);
  auto cron = client.call("GET", "/apis/argoproj.io/v1alpha1/namespaces/" + ns + "/cronworkflows/" +
                                     encode_url(given.cron));
  if (!cron.ok()) return fail(cron.error());
  const auto workflows =
      engine::backfill({manifest::Kind::kCronWorkflow, std::move(cron->get_object())}, *options);
  if (!workflows.ok()) return fail(workflows.error()), kUsage;
  std::vector<Client::Call> calls;
  for (const json::object& workflow : *workflows) {
    calls.push_back({"/api/v1/workflows/" + ns, json::value(workflow)});
  }
  int code = kOk;
  size_t made = 0;
  for (const auto& reply : client.call_all("POST", calls)) {
    if (!reply.ok()) {
      code = fail(reply.error());
      continue;
    }
    ++made;
    const json::object& metadata = object_of(reply->get_object(), "metadata");
    fmt::print(
        "{}  {}\n",
        get_string(object_of(metadata, "annotations"), "workflows.argoproj.io/scheduled-time"),
        get_string(metadata, "name"));
  }
  fmt::print("Backfill {} of {}: {} from {} to {}\n", options->name, given.cron,
             counted(made, "workflow"), format_rfc3339(options->start),
             format_rfc3339(options->end));
  return code;
}

}  // namespace

Command backfill_command() {
  return {"cron backfill", "start the runs that a cron workflow would have had in a period",
          "slipway cron backfill nightly --start 2020-05-19T00:00:00Z --end 2020-05-22T00:00:00Z",
          false, [](Options& options) {
            auto given = std::make_shared<Given>();
            given->connection.define(options);
            options.text("name", given->cron, "of the CronWorkflow");
            options.required();
            options.text("--start", given->start, "after this time");
            options.required();
            options.text("--end", given->end, "up to this time; now by default");
            options.text("--name", given->name, "of the backfill, in the names of its workflows");
            options.flag("--parallel", given->parallel, "all at once, not one after the other");
            options.text("--argname", given->argument, "argument that gets the scheduled time");
            options.text("--format", given->format, "of the times, as Go lays it out; or RFC 3339");
            options.number("--maxworkflowcount", given->most, "refuse to start more than so many");
            return [given] { return run(*given); };
          }};
}

}  // namespace slipway::cli
