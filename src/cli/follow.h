// Following a workflow from a command: progress as it happens, until it ends.
#pragma once

#include <cstdio>
#include <functional>
#include <map>
#include <string>

#include "base/json.h"
#include "cli/client.h"

namespace slipway::cli {

// status.phase; "" before the first pass.
std::string phase_of(const json::object& workflow);
bool has_ended(const json::object& workflow);

// Exit code for an ended workflow: kOk when it Succeeded, kFailed otherwise.
int exit_code(const json::object& workflow);

// Prints one line a node as it changes (its phase, name, message, duration): good on a terminal and
// in a file. Call with each state in turn.
class ProgressPrinter {
 public:
  using Shows = std::function<bool(const json::object& node)>;  // empty: every node is shown
  explicit ProgressPrinter(FILE* out = stdout, Shows shows = {})
      : out_(out), shows_(std::move(shows)) {}
  void show(const json::object& workflow);

 private:
  FILE* out_;
  Shows shows_;
  std::map<std::string, std::string> shown_;  // node id → phase and message last printed
};

// Waits until the workflow has ended, giving each state to `show`. The last state is returned.
Result<json::object> follow(const Client& client, const std::string& ns, const std::string& name,
                            const std::function<void(const json::object&)>& show);

}  // namespace slipway::cli
