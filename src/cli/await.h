// Looking on while workflows run, for the verbs that do: watch, wait, logs, submit, retry and
// resubmit.
#pragma once

#include <string>
#include <vector>

#include "cli/client.h"
#include "core/workflow/node_selector.h"

namespace slipway::cli {

// Which nodes are shown: argo's --status and --node-field-selector.
struct NodeFilter {
  std::string status, selector;

  void define(Options& options);
  Result<workflow::NodeSelector> read() const;
};

// Shows progress until the end; the exit code is the workflow's.
int watch_workflow(const Connection& connection, const std::string& name,
                   const NodeFilter& nodes = {});

// Until all have ended; kFailed when one did not succeed.
int wait_workflows(const Connection& connection, const std::vector<std::string>& names,
                   bool ignore_not_found = false);

struct LogOptions {
  Connection connection;
  std::vector<std::string> names;  // workflow, and a node or pod of it
  std::string container, grep, selector;
  std::string since, since_time;  // a Go duration; RFC 3339
  int tail = -1;
  bool follow = false, previous = false, timestamps = false, no_prefix = false, no_color = false;
};
int print_logs(const LogOptions& options);

// What is done once a workflow has been started.
struct LookOn {
  bool wait = false, watch = false, log = false;
  NodeFilter nodes;

  void define(Options& options);
  // Until the end, when one of them was asked for.
  int at(const Connection& connection, const std::string& name) const;
};

}  // namespace slipway::cli
