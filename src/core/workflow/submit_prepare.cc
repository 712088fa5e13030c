#include <fmt/format.h>

#include <algorithm>

#include "core/workflow/submit.h"
#include "core/workflow/submit_arguments.h"
#include "core/workflow/submit_memoized.h"
#include "core/workflow/version.h"
#include "core/workflow/well_known.h"

namespace slipway::workflow {
namespace {

constexpr size_t kNameBytes = 63;
constexpr size_t kSuffixBytes = 5;

bool is_dns_name(std::string_view name) {
  const auto word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && word(name.front()) && word(name.back()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return word(c) || c == '-' || c == '.'; });
}

Error invalid(std::string message, std::string where) {
  return {ErrorCode::kInvalid, std::move(message), std::move(where)};
}

// A name of the user's, or one made from generateName as Kubernetes' API server makes it.
Status give_name(json::object& metadata, const SubmitOptions& options, Random& random) {
  if (!options.generate_name.empty()) {
    metadata["generateName"] = options.generate_name;
    metadata.erase("name");
  }
  if (!options.name.empty()) metadata["name"] = options.name;
  std::string name = get_string(metadata, "name");
  if (name.empty()) {
    const std::string base = get_string(metadata, "generateName");
    if (base.empty()) {
      return invalid("a workflow needs metadata.name or metadata.generateName", "Workflow");
    }
    name = base.substr(0, kNameBytes - kSuffixBytes) + random_suffix(random);
    metadata["name"] = name;
  }
  if (name.size() > kNameBytes) {
    return invalid(fmt::format("the name has {} characters, more than {}", name.size(), kNameBytes),
                   name);
  }
  if (!is_dns_name(name)) {
    return invalid(
        "metadata.name must be lower case letters, digits, '-' and '.', beginning and ending with "
        "a letter or digit",
        name);
  }
  return {};
}

void apply_labels(json::object& metadata, const json::object& spec, const SubmitOptions& options) {
  for (const auto& [key, value] : options.labels) member_object(metadata, "labels")[key] = value;
  for (const auto& [key, value] : options.annotations) {
    member_object(metadata, "annotations")[key] = value;
  }
  if (!options.scheduled_time.empty()) {
    member_object(metadata, "annotations")[kAnnotationScheduledTime] = options.scheduled_time;
  }
  if (const json::object* reference = find_object(spec, "workflowTemplateRef")) {
    const bool cluster = get_bool(*reference, "clusterScope");
    json::object& labels = member_object(metadata, "labels");
    const std::string_view label = cluster ? kLabelClusterWorkflowTemplate : kLabelWorkflowTemplate;
    if (!labels.contains(label)) labels[label] = get_string(*reference, "name");
  }
}

void apply_spec_options(json::object& spec, const SubmitOptions& options) {
  if (!options.entrypoint.empty()) spec["entrypoint"] = options.entrypoint;
  if (!options.service_account.empty()) spec["serviceAccountName"] = options.service_account;
  if (options.priority) spec["priority"] = *options.priority;
  override_parameters(spec, options.parameters);
}

}  // namespace

Result<json::object> prepare(json::object workflow, std::string_view default_namespace,
                             const SubmitOptions& options, Time now, Random& random) {
  if (const std::string kind = get_string(workflow, "kind"); !kind.empty() && kind != "Workflow") {
    return invalid(fmt::format("expected a Workflow, got a {}", kind), kind);
  }
  workflow["apiVersion"] = "argoproj.io/v1alpha1";
  workflow["kind"] = "Workflow";
  // Both before either is referred to: a new member moves the others.
  member_object(workflow, "metadata");
  json::object& spec = member_object(workflow, "spec");
  json::object& metadata = member_object(workflow, "metadata");
  if (get_string(metadata, "namespace").empty()) metadata["namespace"] = default_namespace;
  TRY(give_name(metadata, options, random));
  for (const std::string_view key :
       {"resourceVersion", "generation", "selfLink", "managedFields", "deletionTimestamp"}) {
    metadata.erase(key);
  }
  raise_version(metadata);
  metadata["uid"] = random_uuid(random);
  metadata["creationTimestamp"] = format_rfc3339(now);
  apply_labels(metadata, spec, options);
  apply_spec_options(spec, options);
  adopt_memoized_nodes(workflow);
  return workflow;
}

}  // namespace slipway::workflow
