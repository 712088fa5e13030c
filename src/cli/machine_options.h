// Options that `server` and `run` share.
#pragma once

#include <string>

#include "app/machine.h"
#include "base/limit.h"
#include "cli/command.h"

namespace slipway::cli {

struct MachineGiven {
  std::string data_dir, runtime = "oci", oci_runtime = "crun", untrusted = "allow";
  int max_pods = 64, parallelism = 0;
  int64_t log_limit_bytes = limit::kLogBytes;
  bool allow_privileged = false, allow_host_path = false, allow_host_network = false;
  bool no_durable = false, no_snapshot = false;

  void define(Options& options);
  // With state in the data directory itself.
  app::MachineOptions options() const;
};

}  // namespace slipway::cli
