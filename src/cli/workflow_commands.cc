// list, watch, wait, logs: workflows as argo shows them.
#include <fmt/format.h>

#include <algorithm>

#include "cli/await.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/workflow_filter.h"

namespace slipway::cli {
namespace {

struct ListOptions {
  Connection connection;
  WorkflowFilter filter;
  std::string output;
  bool no_headers = false;
  int limit = 100;
};

std::vector<std::string> row_of(const json::object& workflow, bool with_namespace) {
  const json::object& metadata = object_of(workflow, "metadata");
  const json::object& status = object_of(workflow, "status");
  const std::string phase = get_string(status, "phase");
  std::string message = get_string(status, "message");
  std::replace(message.begin(), message.end(), '\n', ' ');
  std::vector<std::string> row = {
      get_string(metadata, "name"),
      phase.empty() ? "Pending" : phase,
      age(get_string(metadata, "creationTimestamp")),
      elapsed(get_string(status, "startedAt"), get_string(status, "finishedAt")),
      std::to_string(get_int(object_of(workflow, "spec"), "priority")),
      message};
  if (with_namespace) row.insert(row.begin(), get_string(metadata, "namespace"));
  return row;
}

int list(const ListOptions& given) {
  const Client client(given.connection);
  json::array items;
  const auto most = static_cast<size_t>(std::max(given.limit, 0));
  const Status found = given.filter.visit(client, given.connection.ns, [&](json::object workflow) {
    items.push_back(std::move(workflow));
    return most == 0 || items.size() < most;
  });
  if (!found.ok()) {
    return fail(found.error()), found.error().code == ErrorCode::kInvalid ? kUsage : kFailed;
  }
  const bool none = items.empty();
  const json::object all{{"apiVersion", "argoproj.io/v1alpha1"},
                         {"kind", "WorkflowList"},
                         {"items", std::move(items)}};
  if (print_list(all, given.output)) return kOk;
  if (none) return fmt::print("No workflows found.\n"), kOk;
  std::vector<std::vector<std::string>> rows;
  if (!given.no_headers) {
    rows.push_back({"NAME", "STATUS", "AGE", "DURATION", "PRIORITY", "MESSAGE"});
    if (given.filter.all_namespaces) rows[0].insert(rows[0].begin(), "NAMESPACE");
  }
  for (const json::value& item : *find_array(all, "items")) {
    rows.push_back(row_of(item.get_object(), given.filter.all_namespaces));
  }
  fmt::print("{}", table(rows));
  return kOk;
}

}  // namespace

Command list_command() {
  return {"list", "list workflows, newest first",
          "slipway list\n  slipway list --status Failed --prefix ride- -A", false,
          [](Options& options) {
            auto given = std::make_shared<ListOptions>();
            given->connection.define(options);
            given->filter.define(options);
            options.flag("--running", given->filter.running, "only those that have not ended");
            options.text("--since", given->filter.since, "only those made since: 10m, 3h, 1d");
            options.number("--limit", given->limit, "at most so many; 0: all");
            options.number("--chunk-size", given->filter.page, "so many in one request");
            options.flag("--no-headers", given->no_headers, "without the line of column names");
            define_output(options, given->output);
            return [given] { return list(*given); };
          }};
}

Command logs_command() {
  return {
      "logs", "print the logs of a workflow's containers",
      "slipway logs my-workflow\n  slipway logs my-workflow test --follow\n"
      "  slipway logs my-workflow -c mysql\n"
      "  slipway logs my-workflow --timestamps --since 10m",
      false, [](Options& options) {
        auto given = std::make_shared<LogOptions>();
        given->connection.define(options);
        options.list("names", given->names, "WORKFLOW [NODE or POD]");
        options.required();
        options.text("-c,--container", given->container, "container; main by default, '*' for all");
        options.flag("-f,--follow", given->follow, "go on until the workflow ends");
        options.number("--tail", given->tail, "only the last lines of each log; -1: all");
        options.text("--since", given->since, "only lines that came in the last 30s, 10m, 3h");
        options.text("--since-time", given->since_time,
                     "only lines since a time: 2026-11-29T09:30:00Z");
        options.flag("--timestamps", given->timestamps, "each line behind the time it came at");
        options.flag("-p,--previous", given->previous,
                     "argo's flag; no container has a log before its own");
        options.text("-l,--selector", given->selector,
                     "only of pods that this label selector matches");
        options.text("--grep", given->grep, "only lines that this regular expression matches");
        options.flag("--no-color", given->no_color, "nothing is coloured; as argo's flag");
        options.flag("--no-prefix", given->no_prefix, "without the pod's name before each line");
        return [given] { return print_logs(*given); };
      }};
}

Command watch_command() {
  return {"watch", "show a workflow's progress until it ends", "slipway watch my-workflow", false,
          [](Options& options) {
            struct Given {
              Connection connection;
              std::string name;
              NodeFilter nodes;
            };
            auto given = std::make_shared<Given>();
            given->connection.define(options);
            options.text("name", given->name, "workflow");
            options.required();
            given->nodes.define(options);
            return [given] { return watch_workflow(given->connection, given->name, given->nodes); };
          }};
}

Command wait_command() {
  return {"wait", "wait until workflows have ended", "slipway wait my-workflow other-workflow",
          false, [](Options& options) {
            struct Given {
              Connection connection;
              std::vector<std::string> names;
              bool ignore_not_found = false;
            };
            auto given = std::make_shared<Given>();
            given->connection.define(options);
            options.list("names", given->names, "workflows");
            options.required();
            options.flag("--ignore-not-found", given->ignore_not_found,
                         "do not mind workflows that are not there");
            return [given] {
              return wait_workflows(given->connection, given->names, given->ignore_not_found);
            };
          }};
}

}  // namespace slipway::cli
