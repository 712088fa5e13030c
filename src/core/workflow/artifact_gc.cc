#include "core/workflow/artifact_gc.h"

#include "core/workflow/artifact_place.h"

namespace slipway::workflow {
namespace {

std::string strategy_in(const json::object& holder) {
  const json::object* gc = find_object(holder, "artifactGC");
  return gc != nullptr ? get_string(*gc, "strategy") : std::string();
}

void add_addresses(const json::object& outputs, std::string_view ns, const std::string& of_workflow,
                   const std::set<std::string>& strategies, std::set<std::string>& addresses) {
  const json::array* artifacts = find_array(outputs, "artifacts");
  if (artifacts == nullptr) return;
  for (const json::value& item : *artifacts) {
    const json::object* artifact = item.if_object();
    if (artifact == nullptr || get_bool(*artifact, "deleted")) continue;
    std::string strategy = strategy_in(*artifact);
    if (strategy.empty()) strategy = of_workflow;
    std::string address = address_of(ns, *artifact);
    if (!address.empty() && strategies.contains(strategy)) addresses.insert(std::move(address));
  }
}

}  // namespace

std::set<std::string> artifacts_gone_at_completion(const Run& run) {
  std::set<std::string> addresses;
  const std::string strategy = strategy_in(run.effective_spec());
  for (const auto& [id, node] : run.nodes()) {
    add_addresses(node.outputs, run.ns(), strategy, {"OnWorkflowCompletion"}, addresses);
  }
  return addresses;
}

std::set<std::string> artifacts_gone_at_deletion(const json::object& workflow) {
  std::set<std::string> addresses;
  const json::object* status = find_object(workflow, "status");
  const json::object* nodes = status != nullptr ? find_object(*status, "nodes") : nullptr;
  if (nodes == nullptr) return addresses;
  const json::object* spec = find_object(*status, "storedWorkflowTemplateSpec");
  if (spec == nullptr) spec = find_object(workflow, "spec");
  const std::string strategy = spec != nullptr ? strategy_in(*spec) : std::string();
  const json::object* metadata = find_object(workflow, "metadata");
  const std::string ns = metadata != nullptr ? get_string(*metadata, "namespace") : std::string();
  for (const auto& member : *nodes) {
    const json::object* node = member.value().if_object();
    const json::object* outputs = node != nullptr ? find_object(*node, "outputs") : nullptr;
    if (outputs == nullptr) continue;
    add_addresses(*outputs, ns, strategy, {"OnWorkflowDeletion", "OnWorkflowCompletion"},
                  addresses);
  }
  return addresses;
}

Delta mark_artifacts(const Run& run, const std::set<std::string>& gone, Time now) {
  Delta delta;
  delta.uid = run.uid();
  delta.at = now;
  for (const auto& [id, node] : run.nodes()) {
    if (find_array(node.outputs, "artifacts") == nullptr) continue;
    Node marked = node;
    bool changed = false;
    for (json::value& item : marked.outputs["artifacts"].get_array()) {
      if (!item.is_object() || !gone.contains(address_of(run.ns(), item.get_object()))) continue;
      item.get_object()["deleted"] = true;
      changed = true;
    }
    if (changed) delta.nodes.push_back(std::move(marked));
  }
  return delta;
}

}  // namespace slipway::workflow
