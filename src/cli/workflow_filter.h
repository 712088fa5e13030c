// Which workflows `list` and `delete` are about: argo's flags.
#pragma once

#include <functional>
#include <string>

#include "cli/client.h"
#include "cli/command.h"

namespace slipway::cli {

struct WorkflowFilter {
  std::string phases, prefix, selector, field_selector, older, since;
  bool completed = false, running = false, resubmitted = false, all_namespaces = false;
  int page = 100;  // workflows the server is asked for at once

  // Declares the flags that list and delete share.
  void define(Options& options);

  // Shows each workflow that matches, newest first, until `see` returns false. kInvalid for a flag
  // that does not hold.
  Status visit(const Client& client, const std::string& ns,
               const std::function<bool(json::object workflow)>& see) const;
};

}  // namespace slipway::cli
