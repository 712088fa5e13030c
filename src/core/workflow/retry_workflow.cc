#include <fmt/format.h>

#include "core/workflow/retry_workflow_nodes.h"
#include "core/workflow/submit.h"
#include "core/workflow/submit_arguments.h"
#include "core/workflow/version.h"
#include "core/workflow/well_known.h"

namespace slipway::workflow {
namespace {

Status check_phase(const json::object& workflow, const RetryOptions& options) {
  const json::object* status = find_object(workflow, "status");
  const std::string phase = status != nullptr ? get_string(*status, "phase") : "";
  const json::object& metadata = object_of(workflow, "metadata");
  const std::string name = get_string(metadata, "name");
  if (metadata.contains("deletionTimestamp")) {
    return Error{ErrorCode::kConflict, "its deletion was asked for; resubmit it instead", name};
  }
  if (phase == "Failed" || phase == "Error") return {};
  if (phase != "Succeeded") {
    return Error{ErrorCode::kConflict,
                 fmt::format("it is {}; only a Failed or Error workflow can be retried",
                             phase.empty() ? "not finished" : phase),
                 name};
  }
  if (options.restart_successful && !options.node_field_selector.empty()) return {};
  return Error{ErrorCode::kConflict,
               "it Succeeded; to run parts of it again give --restart-successful together with "
               "--node-field-selector",
               name};
}

// What stop, terminate and an end leave behind in the object.
void reopen(json::object& workflow, const std::string& now) {
  json::object& metadata = member_object(workflow, "metadata");
  raise_version(metadata);
  if (json::object& labels = member_object(metadata, "labels"); !labels.empty()) {
    for (const auto label : {kLabelPhase, kLabelCompleted, kLabelArchiving}) labels.erase(label);
  }
  json::object& spec = member_object(workflow, "spec");
  spec.erase("shutdown");
  // A deadline of 0 is how a workflow is ended at once; it must not end the retry as well.
  if (find(spec, "activeDeadlineSeconds") != nullptr &&
      get_int(spec, "activeDeadlineSeconds") == 0) {
    spec.erase("activeDeadlineSeconds");
  }
  json::object& status = member_object(workflow, "status");
  for (const std::string_view key :
       {"phase", "message", "finishedAt", "persistentVolumeClaims", "conditions", "progress",
        "resourcesDuration", "synchronization", "artifactGCStatus"}) {
    status.erase(key);
  }
  status["startedAt"] = now;
}

}  // namespace

Result<Retried> retry(const json::object& workflow, const RetryOptions& options, Time now) {
  TRY(check_phase(workflow, options));
  RetryChoice choice{.restart_successful = options.restart_successful,
                     .reexpand_loops = !options.parameters.empty()};
  TRY_ASSIGN(choice.selector, NodeSelector::parse(options.node_field_selector));
  const std::string at = format_rfc3339(now);

  Retried retried{.workflow = workflow};
  reopen(retried.workflow, at);
  json::object& status = member_object(retried.workflow, "status");
  override_parameters(member_object(retried.workflow, "spec"), options.parameters);
  if (json::value* stored = status.if_contains("storedWorkflowTemplateSpec");
      stored != nullptr && stored->is_object()) {
    override_parameters(stored->get_object(), options.parameters);
    stored->get_object().erase("shutdown");
  }
  const std::string name = get_string(member_object(retried.workflow, "metadata"), "name");
  RetriedNodes nodes = reset_nodes(member_object(status, "nodes"), name, choice, at);
  status["nodes"] = std::move(nodes.nodes);
  for (const json::object& node : nodes.removed) {
    if (std::string pod = get_string(node, "podId"); !pod.empty()) {
      retried.removed_pods.emplace_back(std::move(pod));
    }
  }
  return retried;
}

}  // namespace slipway::workflow
