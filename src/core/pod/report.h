// What a pod runtime tells about a pod: a small sequence of reports, the last of which is final.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/time.h"

namespace slipway::pod {

struct ContainerStatus {
  enum class State { kWaiting, kRunning, kTerminated };
  std::string name;
  State state = State::kWaiting;
  int exit_code = 0;
  std::string reason;  // Kubernetes' words: Completed, Error, OOMKilled, ImagePullBackOff, ...
  std::string message;
  bool ready = false;
  Time started_at, finished_at;
};

// Requested resources by the time they were held: seconds of one cpu, and of 100 MiB of memory.
struct ResourcesDuration {
  int64_t cpu_s = 0, memory_s = 0;
  friend bool operator==(const ResourcesDuration&, const ResourcesDuration&) = default;
};

struct SavedArtifact {
  std::string name;
  std::string key;
  int64_t size_bytes = 0;
  json::object reference;  // ArtifactLocation's; empty: in the embedded store
};

struct PodReport {
  enum class Phase {
    kPending,    // accepted; image pull and preparation (message says what it waits for)
    kRunning,    // the first container runs
    kReady,      // all readiness probes pass (daemon pods)
    kSucceeded,  // final
    kFailed,     // final: a container failed, or a deadline or signal ended it
    kError,      // final: the runtime could not do its part (image, artifact, node lost)
    kGone,       // final: nobody knows this pod any more
  };
  PodId id;
  Phase phase = Phase::kPending;
  // Ready made by the runtime in Argo's form, e.g. "main: Error (exit code 1)" (spec rule 30).
  std::string message;
  std::string reason;  // e.g. DeadlineExceeded, ImagePullBackOff; for decisions, not for people
  std::string pod_ip, host;
  Time at;  // when it happened, by the runtime's clock
  Time started_at, finished_at;
  std::vector<ContainerStatus> containers;
  std::optional<std::string> result;              // outputs.result
  std::optional<int> exit_code;                   // of main
  std::map<std::string, std::string> parameters;  // output parameters read from files
  std::vector<SavedArtifact> artifacts;           // output artifacts saved, main-logs included
  std::string progress;                           // "N/M" or empty
  std::optional<ResourcesDuration> resources;     // final ones, of pods that had containers
};

bool is_final(PodReport::Phase phase);
// That a pod is over, `at` which time and why; nothing of what it gave.
PodReport final_report(const PodId& id, PodReport::Phase phase, std::string message,
                       std::string reason, Time at);
std::string_view to_string(PodReport::Phase phase);

json::object to_json(const PodReport& report);
Result<PodReport> report_from_json(const json::object& object);

}  // namespace slipway::pod
