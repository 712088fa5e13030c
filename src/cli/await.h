// Looking on while workflows run, for the verbs that do: watch, wait, logs, and submit.
#pragma once

#include <string>
#include <vector>

#include "cli/client.h"

namespace slipway::cli {

// Shows progress until the end; the exit code is the workflow's.
int watch_workflow(const Connection& connection, const std::string& name);

// Until all have ended; kFailed when one did not succeed.
int wait_workflows(const Connection& connection, const std::vector<std::string>& names);

struct LogOptions {
  Connection connection;
  std::vector<std::string> names;  // workflow, and a node or pod of it
  std::string container;
  bool follow = false, no_prefix = false;
};
int print_logs(const LogOptions& options);

}  // namespace slipway::cli
