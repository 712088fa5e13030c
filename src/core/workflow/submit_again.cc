#include <fmt/format.h>

#include "core/workflow/retry_workflow_nodes.h"
#include "core/workflow/submit.h"
#include "core/workflow/submit_arguments.h"
#include "core/workflow/well_known.h"

namespace slipway::workflow {
namespace {

bool is_about_the_old_run(std::string_view label) {
  return label == kLabelPhase || label == kLabelCompleted || label == kLabelArchiving ||
         label == kLabelAction || label.starts_with(kLabelCreatorPrefix) ||
         label.starts_with(kLabelActorPrefix);
}

json::object fresh_metadata(const json::object& before) {
  json::object metadata;
  const std::string name = get_string(before, "name");
  const std::string generate_name = get_string(before, "generateName");
  metadata["generateName"] = generate_name.empty() ? name + "-" : generate_name;
  if (const json::value* ns = find(before, "namespace")) metadata["namespace"] = *ns;
  json::object labels;
  if (const json::object* old = find_object(before, "labels")) {
    for (const auto& label : *old) {
      if (!is_about_the_old_run(label.key())) labels[label.key()] = label.value();
    }
  }
  labels[kLabelResubmittedFrom] = name;
  metadata["labels"] = std::move(labels);
  for (const std::string_view key : {"annotations", "ownerReferences", "finalizers"}) {
    if (const json::value* value = find(before, key)) metadata[key] = *value;
  }
  return metadata;
}

// What succeeded stays, as Skipped nodes that keep their outputs; the rest is run.
Result<json::object> memoized_nodes(const json::object& workflow, const std::string& name) {
  const json::object* status = find_object(workflow, "status");
  const std::string phase = status != nullptr ? get_string(*status, "phase") : "";
  if (phase != "Failed" && phase != "Error") {
    return Error{ErrorCode::kConflict,
                 "only a Failed or Error workflow can be resubmitted with --memoized", name};
  }
  const json::object* before = find_object(*status, "nodes");
  if (before == nullptr) return json::object{};
  json::object nodes = reset_nodes(*before, name, {}, get_string(*status, "startedAt")).nodes;
  for (auto& member : nodes) {
    json::object& node = member.value().get_object();
    if (get_string(node, "type") != "Pod") continue;
    node["type"] = "Skipped";
    node["phase"] = "Skipped";
    node["message"] = fmt::format("original pod: {}", std::string_view(member.key()));
    node.erase("slipway");
  }
  return nodes;
}

}  // namespace

Result<json::object> resubmit(const json::object& workflow, const ResubmitOptions& options) {
  json::object again{{"apiVersion", "argoproj.io/v1alpha1"}, {"kind", "Workflow"}};
  again["metadata"] = fresh_metadata(object_of(workflow, "metadata"));
  json::object spec = object_of(workflow, "spec");
  spec.erase("shutdown");
  if (find(spec, "activeDeadlineSeconds") != nullptr &&
      get_int(spec, "activeDeadlineSeconds") == 0) {
    spec.erase("activeDeadlineSeconds");
  }
  override_parameters(spec, options.parameters);
  if (options.priority) spec["priority"] = *options.priority;
  again["spec"] = std::move(spec);
  if (options.memoized) {
    const std::string name = get_string(object_of(workflow, "metadata"), "name");
    TRY_ASSIGN(json::object nodes, memoized_nodes(workflow, name));
    again["status"] = json::object{{"nodes", std::move(nodes)}};
  }
  return again;
}

}  // namespace slipway::workflow
