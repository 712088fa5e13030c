#include "core/workflow/artifact_gc.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/workflow/artifact_place.h"
#include "core/workflow/version.h"

namespace slipway::workflow {
namespace {

constexpr std::string_view kAtCompletion = "OnWorkflowCompletion";
constexpr std::string_view kAtDeletion = "OnWorkflowDeletion";
constexpr std::string_view kFinalizer = "workflows.argoproj.io/artifact-gc";
constexpr std::string_view kCondition = "ArtifactGCError";

std::string strategy_in(const json::object& holder) {
  const json::object* gc = find_object(holder, "artifactGC");
  return gc != nullptr ? get_string(*gc, "strategy") : std::string();
}

// The artifact's own strategy counts before the workflow's.
bool goes(const json::object& artifact, const std::string& of_workflow, bool at_deletion) {
  if (get_bool(artifact, "deleted")) return false;
  std::string strategy = strategy_in(artifact);
  if (strategy.empty()) strategy = of_workflow;
  return strategy == kAtCompletion || (at_deletion && strategy == kAtDeletion);
}

// Only what pods have saved: other nodes hand the same artifacts on.
void add_addresses(const json::object& outputs, std::string_view ns, const std::string& of_workflow,
                   bool at_deletion, std::set<std::string>& addresses) {
  const json::array* artifacts = find_array(outputs, "artifacts");
  if (artifacts == nullptr) return;
  for (const json::value& item : *artifacts) {
    const json::object* artifact = item.if_object();
    if (artifact == nullptr || !goes(*artifact, of_workflow, at_deletion)) continue;
    std::string address = address_of(ns, *artifact);
    if (!address.empty()) addresses.insert(std::move(address));
  }
}

std::set<std::string> addresses_of(const Run& run, bool at_deletion) {
  std::set<std::string> addresses;
  const std::string strategy = strategy_in(run.effective_spec());
  for (const auto& [id, node] : run.nodes()) {
    if (node.type != NodeType::kPod) continue;
    add_addresses(node.outputs, run.ns(), strategy, at_deletion, addresses);
  }
  return addresses;
}

Delta delta_of(const Run& run, Time now) {
  Delta delta;
  delta.uid = run.uid();
  delta.at = now;
  return delta;
}

json::array with_condition(const json::object& status, std::string message) {
  json::array conditions;
  const json::array* now = find_array(status, "conditions");
  for (const json::value& item : now != nullptr ? *now : json::array()) {
    const json::object* one = item.if_object();
    if (one == nullptr || get_string(*one, "type") != kCondition) conditions.push_back(item);
  }
  conditions.push_back(
      json::object{{"type", kCondition}, {"status", "True"}, {"message", std::move(message)}});
  return conditions;
}

}  // namespace

bool is_being_deleted(const Run& run) {
  return !run.is_text() && find(run.metadata(), "deletionTimestamp") != nullptr;
}

std::set<std::string> artifacts_due(const Run& run) {
  const bool at_deletion = is_being_deleted(run);
  const json::value* tried = find_path(run.status(), {"artifactGCStatus", "strategiesProcessed",
                                                      at_deletion ? kAtDeletion : kAtCompletion});
  if (tried != nullptr) return {};
  return addresses_of(run, at_deletion);
}

bool has_artifacts_left(const Run& run) { return !addresses_of(run, true).empty(); }

bool has_artifacts_left(const json::object& workflow) {
  const json::object* status = find_object(workflow, "status");
  const json::object* nodes = status != nullptr ? find_object(*status, "nodes") : nullptr;
  if (nodes == nullptr) return false;
  const json::object* spec = find_object(*status, "storedWorkflowTemplateSpec");
  if (spec == nullptr) spec = find_object(workflow, "spec");
  const std::string strategy = spec != nullptr ? strategy_in(*spec) : std::string();
  return std::ranges::any_of(*nodes, [&](const auto& member) {
    const json::object* node = member.value().if_object();
    const json::object* outputs = node != nullptr ? find_object(*node, "outputs") : nullptr;
    if (outputs == nullptr || get_string(*node, "type") != "Pod") return false;
    std::set<std::string> addresses;
    add_addresses(*outputs, "", strategy, true, addresses);
    return !addresses.empty();
  });
}

bool ignores_failed_removal(const Run& run) {
  const json::object* gc = find_object(run.effective_spec(), "artifactGC");
  return gc != nullptr && get_bool(*gc, "forceFinalizerRemoval");
}

Delta begin_collection(const Run& run, Time now) {
  json::object processed{{kAtCompletion, true}};
  if (is_being_deleted(run)) processed[kAtDeletion] = true;
  Delta delta = delta_of(run, now);
  delta.status["artifactGCStatus"] = json::object{{"strategiesProcessed", std::move(processed)}};
  return delta;
}

Delta note_removal(const Run& run, const std::string& address, const std::string& error, Time now) {
  Delta delta = delta_of(run, now);
  for (const auto& [id, node] : run.nodes()) {
    const json::array* artifacts = find_array(node.outputs, "artifacts");
    for (size_t i = 0; artifacts != nullptr && i < artifacts->size(); ++i) {
      const json::object* artifact = (*artifacts)[i].if_object();
      if (artifact == nullptr || address_of(run.ns(), *artifact) != address) continue;
      if (!error.empty()) {
        delta.status["conditions"] = with_condition(
            run.status(), fmt::format("{} (artifact: {})", error, get_string(*artifact, "name")));
        continue;
      }
      if (delta.nodes.empty() || delta.nodes.back().id != id) delta.nodes.push_back(node);
      delta.nodes.back().outputs["artifacts"].get_array()[i].get_object()["deleted"] = true;
    }
  }
  return delta;
}

Delta place_finalizer(const Run& run, Time now) {
  Delta delta = delta_of(run, now);
  json::array finalizers;
  if (const json::array* there = find_array(run.metadata(), "finalizers")) finalizers = *there;
  const auto at = std::ranges::find(finalizers, json::value(kFinalizer));
  const bool has = at != finalizers.end();
  if (has == has_artifacts_left(run)) return delta;
  has ? void(finalizers.erase(at)) : void(finalizers.emplace_back(kFinalizer));
  delta.metadata["finalizers"] =
      finalizers.empty() ? json::value() : json::value(std::move(finalizers));
  return delta;
}

void ask_for_deletion(json::object& metadata, Time now) {
  if (!metadata.contains("deletionTimestamp")) {
    metadata["deletionTimestamp"] = format_rfc3339(now);
  }
}

json::object recalled(json::object workflow, Time now) {
  json::object& metadata = workflow["metadata"].get_object();
  ask_for_deletion(metadata, now);
  raise_version(metadata);
  // A deletion that is asked for once more is tried once more.
  if (json::object* status = workflow["status"].if_object()) status->erase("artifactGCStatus");
  return workflow;
}

}  // namespace slipway::workflow
