// Artifacts of a pod: where they come from and where they go.
#pragma once

#include "core/pod/plan.h"
#include "core/workflow/plan_context.h"

namespace slipway::workflow {

// Where artifacts and logs go that say nothing themselves: template.archiveLocation, else
// spec.artifactRepositoryRef's ConfigMap entry, else the embedded store.
struct Repository {
  json::object location;  // {"s3": {...}} or empty for the embedded store
  std::string key;        // prefix for this pod: the key format with its tags replaced
  bool archive_logs = false;
};
Result<Repository> plan_repository(const PlanContext& context);

// The location an artifact names, with Secrets resolved. An s3, gcs, oss or azure location without
// a bucket is a key in the embedded store, or in the repository when that is an S3 one. nullopt
// when it names none. kUnsupported for kinds of storage that are not available here.
Result<std::optional<pod::ArtifactLocation>> plan_location(const PlanContext& context,
                                                           const Repository& repository,
                                                           const json::object& artifact);

// One of them, as the node's inputs hold it; nullopt when it says of no place.
Result<std::optional<pod::InputArtifact>> plan_input_artifact(const PlanContext& context,
                                                              const Repository& repository,
                                                              const json::object& from);
Result<std::vector<pod::InputArtifact>> plan_input_artifacts(const PlanContext& context,
                                                             const Repository& repository);
Result<std::vector<pod::OutputArtifact>> plan_output_artifacts(const PlanContext& context,
                                                               const Repository& repository);
Result<std::vector<pod::OutputParameter>> plan_output_parameters(const PlanContext& context);

// The prefix for "<container>.log"; nullopt when logs are not archived.
Result<std::optional<pod::ArtifactLocation>> plan_log_location(const PlanContext& context,
                                                               const Repository& repository);

}  // namespace slipway::workflow
