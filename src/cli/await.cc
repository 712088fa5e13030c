#include "cli/await.h"

#include <fmt/format.h>

#include "cli/follow.h"
#include "cli/print.h"
#include "core/view/tree.h"

namespace slipway::cli {

int watch_workflow(const Connection& connection, const std::string& name) {
  ProgressPrinter printer;
  const auto last = follow(Client(connection), connection.ns, name,
                           [&](const json::object& workflow) { printer.show(workflow); });
  if (!last.ok()) return fail(last.error());
  fmt::print("{}\n", views::render_tree(*last, clock_now()));
  return exit_code(*last);
}

int wait_workflows(const Connection& connection, const std::vector<std::string>& names) {
  int code = kOk;
  for (const std::string& name : names) {
    const auto last = follow(Client(connection), connection.ns, name, [](const json::object&) {});
    if (!last.ok()) return fail(last.error());
    fmt::print("{} {} at {}\n", name, phase_of(*last),
               view(find_path(*last, {"status", "finishedAt"})->get_string()));
    if (exit_code(*last) != kOk) code = kFailed;
  }
  return code;
}

int print_logs(const LogOptions& given) {
  std::string path = "/api/v1/workflows/" + encode_url(given.connection.ns) + "/" +
                     encode_url(given.names[0]) +
                     "/log?logOptions.container=" + encode_url(given.container) +
                     (given.follow ? "&logOptions.follow=true" : "");
  if (given.names.size() > 1) path += "&podName=" + encode_url(given.names[1]);
  const Status status = Client(given.connection).stream(path, [&](const json::object& line) {
    if (!given.no_prefix) fmt::print("{}: ", get_string(line, "podName"));
    fmt::print("{}\n", get_string(line, "content"));
    if (given.follow) std::fflush(stdout);
    return true;
  });
  return status.ok() ? kOk : fail(status.error());
}

}  // namespace slipway::cli
