#include <fmt/format.h>

#include "core/workflow/submit.h"
#include "core/workflow/submit_arguments.h"
#include "core/workflow/well_known.h"

namespace slipway::workflow {
namespace {

json::object new_workflow(const std::string& source_name, std::string_view ns) {
  return {{"apiVersion", "argoproj.io/v1alpha1"},
          {"kind", "Workflow"},
          {"metadata", {{"generateName", source_name + "-"}, {"namespace", ns}}}};
}

json::object from_workflow_template(const manifest::Resource& source, std::string_view ns,
                                    bool cluster) {
  json::object workflow = new_workflow(source.name(), ns);
  json::object reference{{"name", source.name()}};
  if (cluster) reference["clusterScope"] = true;
  const std::string_view label = cluster ? kLabelClusterWorkflowTemplate : kLabelWorkflowTemplate;
  workflow["metadata"].get_object()["labels"] = json::object{{label, source.name()}};
  workflow["spec"] = json::object{{"workflowTemplateRef", std::move(reference)}};
  return workflow;
}

json::object from_cron_workflow(const manifest::Resource& source, std::string_view ns) {
  json::object workflow = new_workflow(source.name(), ns);
  json::object& metadata = workflow["metadata"].get_object();
  if (const json::object* given = find_object(source.spec(), "workflowMetadata")) {
    for (const std::string_view key : {"labels", "annotations", "finalizers"}) {
      if (const json::value* value = find(*given, key)) metadata[key] = *value;
    }
  }
  member_object(metadata, "labels")[kLabelCronWorkflow] = source.name();
  const json::object* spec = find_object(source.spec(), "workflowSpec");
  workflow["spec"] = spec != nullptr ? *spec : json::object{};
  return workflow;
}

}  // namespace

Result<json::object> from_template(const manifest::Resource& source, std::string_view ns) {
  switch (source.kind) {
    case manifest::Kind::kWorkflowTemplate:
      return from_workflow_template(source, ns, false);
    case manifest::Kind::kClusterWorkflowTemplate:
      return from_workflow_template(source, ns, true);
    case manifest::Kind::kCronWorkflow:
      return from_cron_workflow(source, ns);
    default:
      return Error{ErrorCode::kInvalid,
                   fmt::format("a Workflow can not be made from a {}; name a WorkflowTemplate, a "
                               "ClusterWorkflowTemplate or a CronWorkflow",
                               manifest::to_string(source.kind)),
                   source.name()};
  }
}

}  // namespace slipway::workflow
