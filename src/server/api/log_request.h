// What a reader asks of the logs of a workflow: Argo's query parameters, which carry Kubernetes'
// PodLogOptions below `logOptions.` (spec api.md section 3).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "core/expr/golang/regex.h"
#include "core/expr/label/label.h"
#include "server/api/router.h"

namespace slipway::server {

// Which lines of a log, and how.
struct LogCut {
  std::optional<size_t> tail;     // of what a log held at first, only so many lines
  std::optional<Time> since;      // only lines that came then or later
  std::optional<uint64_t> limit;  // of each log, only so many bytes
  bool timestamps = false;        // each line behind the time at which it came

  bool needs_times() const { return since || timestamps; }
};

struct LogRequest {
  std::string ns, workflow;
  std::string pod;           // a pod's or a node's name or id; empty: all
  std::string container;     // empty: main, "*": all
  expr::LabelSelector pods;  // of the labels of their pods; empty: all
  bool follow = false;       // until the pod, or else the workflow, has ended
  bool raw = false;          // text, not Argo's JSON lines
  LogCut cut;
  std::shared_ptr<const RE2> grep;  // only lines that it matches; or null
};

// Error kInvalid names the parameter.
Result<LogRequest> read_log_request(const Exchange& exchange, Time now);

}  // namespace slipway::server
