// Life after the run: when a finished workflow goes, and when the pods of one do (spec
// workflows.md, a15 and rules 66 and 67). Pure.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "core/workflow/advance.h"

namespace slipway::workflow {

// By ttlStrategy; nullopt: it is kept until somebody removes it.
std::optional<Time> expiry(const Run& run);

// By podGC: pods whose kept logs go, after a delay.
struct PodGc {
  Duration delay;
  std::vector<PodId> pods;
};

// Of the nodes whose pod's last report `delta` took in (strategies OnPodCompletion, OnPodSuccess).
PodGc pods_to_collect(const Run& run, const Delta& delta, const World& world);
// Of a workflow that has finished (OnWorkflowCompletion, OnWorkflowSuccess).
PodGc pods_to_collect(const Run& run, const World& world);

}  // namespace slipway::workflow
