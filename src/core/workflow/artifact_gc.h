// Which of a workflow's artifacts go with it, or at its end: artifactGC (spec a4). Pure.
#pragma once

#include <set>
#include <string>

#include "core/workflow/run.h"

namespace slipway::workflow {

// Its deletion was asked for, and waits for its artifacts.
bool is_being_deleted(const Run& run);

// Addresses (artifact_place.h) of what is to be removed now and was not tried yet: at the end what
// has OnWorkflowCompletion; with the deletion all that has a strategy and is still there.
std::set<std::string> artifacts_due(const Run& run);
// Some that have a strategy are still there.
bool has_artifacts_left(const Run& run);
// Of a whole Workflow object: its deletion has artifacts to remove first.
bool has_artifacts_left(const json::object& workflow);
// Deletion goes on when artifacts can not be removed (artifactGC.forceFinalizerRemoval).
bool ignores_failed_removal(const Run& run);

// What is due is now being removed; as Argo says it in status.artifactGCStatus.
Delta begin_collection(const Run& run, Time now);
// One is gone, or could not be removed: Argo's condition ArtifactGCError.
Delta note_removal(const Run& run, const std::string& address, const std::string& error, Time now);
// Argo's finalizer, as long as a deletion would have to wait for something.
Delta place_finalizer(const Run& run, Time now);

// `workflow` with its deletion asked for, to be brought back to memory.
void ask_for_deletion(json::object& metadata, Time now);
json::object recalled(json::object workflow, Time now);

}  // namespace slipway::workflow
