#include "cli/await.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/follow.h"
#include "cli/print.h"
#include "core/expr/golang/golang.h"
#include "core/view/tree.h"

namespace slipway::cli {

void NodeFilter::define(Options& options) {
  options.text("--status", status, "show only nodes of this phase");
  options.text("--node-field-selector", selector,
               "show only these nodes, such as phase=Failed or displayName=test");
}

Result<workflow::NodeSelector> NodeFilter::read() const {
  if (!status.empty() && !selector.empty()) {
    return Error{ErrorCode::kInvalid,
                 "--status and --node-field-selector exclude each other; select phase=" + status,
                 ""};
  }
  return workflow::NodeSelector::parse(status.empty() ? selector : "phase=" + status);
}

int watch_workflow(const Connection& connection, const std::string& name, const NodeFilter& nodes) {
  const auto selector = nodes.read();
  if (!selector.ok()) return fail(selector.error()), kUsage;
  const auto shows = [&](const json::object& node) { return selector->matches(node); };
  ProgressPrinter printer(stdout, shows);
  const auto last = follow(Client(connection), connection.ns, name,
                           [&](const json::object& workflow) { printer.show(workflow); });
  if (!last.ok()) return fail(last.error());
  fmt::print("{}\n", views::render_tree(*last, clock_now(), {.shows = shows}));
  return exit_code(*last);
}

int wait_workflows(const Connection& connection, const std::vector<std::string>& names,
                   bool ignore_not_found) {
  int code = kOk;
  for (const std::string& name : names) {
    const auto last = follow(Client(connection), connection.ns, name, [](const json::object&) {});
    if (!last.ok() && ignore_not_found && last.error().code == ErrorCode::kNotFound) continue;
    if (!last.ok()) return fail(last.error());
    fmt::print("{} {} at {}\n", name, phase_of(*last),
               view(find_path(*last, {"status", "finishedAt"})->get_string()));
    if (exit_code(*last) != kOk) code = kFailed;
  }
  return code;
}

namespace {

Result<std::string> log_path(const LogOptions& given) {
  if (!given.since.empty() && !given.since_time.empty()) {
    return Error{ErrorCode::kInvalid, "--since and --since-time exclude each other", ""};
  }
  std::string path = "/api/v1/workflows/" + encode_url(given.connection.ns) + "/" +
                     encode_url(given.names[0]) +
                     "/log?logOptions.container=" + encode_url(given.container);
  if (given.names.size() > 1) path += "&podName=" + encode_url(given.names[1]);
  if (given.follow) path += "&logOptions.follow=true";
  if (given.previous) path += "&logOptions.previous=true";
  if (given.timestamps) path += "&logOptions.timestamps=true";
  if (given.tail >= 0) path += fmt::format("&logOptions.tailLines={}", given.tail);
  if (!given.since.empty()) {
    const auto since = expr::parse_go_duration(given.since);
    if (!since.ok()) return Error{ErrorCode::kInvalid, "--since: " + since.error().message, ""};
    // In whole seconds and at least one, as kubectl does it.
    const double seconds = std::max(1.0, std::ceil(since->to_seconds()));
    path += fmt::format("&logOptions.sinceSeconds={:.0f}", seconds);
  }
  if (!given.since_time.empty()) path += "&logOptions.sinceTime=" + encode_url(given.since_time);
  if (!given.selector.empty()) path += "&selector=" + encode_url(given.selector);
  if (!given.grep.empty()) path += "&grep=" + encode_url(given.grep);
  return path;
}

}  // namespace

int print_logs(const LogOptions& given) {
  const auto path = log_path(given);
  if (!path.ok()) return fail(path.error()), kUsage;
  const Status status = Client(given.connection).stream(*path, [&](const json::object& line) {
    if (!given.no_prefix) fmt::print("{}: ", get_string(line, "podName"));
    fmt::print("{}\n", get_string(line, "content"));
    if (given.follow) std::fflush(stdout);
    return true;
  });
  return status.ok() ? kOk : fail(status.error());
}

void LookOn::define(Options& options) {
  options.flag("-w,--wait", wait, "wait for the end");
  options.flag("--watch", watch, "show progress until the end");
  options.flag("--log", log, "print the logs until the end");
}

int LookOn::at(const Connection& connection, const std::string& name) const {
  if (log) {
    LogOptions logs;
    logs.connection = connection;
    logs.names = {name};
    logs.follow = true;
    if (const int code = print_logs(logs); code != kOk) return code;
    return wait_workflows(connection, {name});
  }
  if (watch) return watch_workflow(connection, name, nodes);
  return wait ? wait_workflows(connection, {name}) : kOk;
}

}  // namespace slipway::cli
