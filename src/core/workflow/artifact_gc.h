// Which of a workflow's artifacts go with it, or at its end: artifactGC (spec a4). Pure.
#pragma once

#include <set>
#include <string>

#include "core/workflow/run.h"

namespace slipway::workflow {

// Addresses (artifact_place.h) of the output artifacts that go when the workflow has completed.
std::set<std::string> artifacts_gone_at_completion(const Run& run);

// The same when it is deleted, of a whole Workflow object: both strategies, less what is gone.
std::set<std::string> artifacts_gone_at_deletion(const json::object& workflow);

// The run's nodes with those artifacts marked as deleted, as Argo shows it.
Delta mark_artifacts(const Run& run, const std::set<std::string>& gone, Time now);

}  // namespace slipway::workflow
