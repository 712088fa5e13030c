// One process per pod, forked from the nursery and detached from it: it prepares the pod, runs its
// containers, keeps their logs, collects what they leave and writes reports. It needs nobody:
// killed servers and nurseries are replaced while it goes on.
#pragma once

#include <optional>
#include <string>

#include "adapter/pod/network_pool.h"
#include "adapter/pod/pod_paths.h"
#include "adapter/pod/runtime_options.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::adapter {

struct SupervisorStart {
  PodPaths paths;
  RuntimeOptions options;
  pod::PodPlan plan;
  std::optional<PodNetwork> network;   // of its own; else this machine's
  std::optional<Error> network_error;  // why there is none although the plan wants one
  std::string seccomp_filter;
  std::string host;    // this machine's name
  std::string pod_ip;  // this machine's for a pod without a network of its own
};

// In the forked child, with SIGTERM blocked. SIGTERM means: stop the pod, with its plan's grace;
// after the pod's end: its report is known, end even if it can not be written. Returns the
// process's exit code.
int supervisor_main(SupervisorStart start);

}  // namespace slipway::adapter
