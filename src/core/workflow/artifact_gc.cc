#include "core/workflow/artifact_gc.h"

namespace slipway::workflow {
namespace {

std::string strategy_in(const json::object& holder) {
  const json::object* gc = find_object(holder, "artifactGC");
  return gc != nullptr ? get_string(*gc, "strategy") : std::string();
}

std::string key_of(const json::object& artifact) {
  const json::object* s3 = find_object(artifact, "s3");
  return s3 != nullptr ? get_string(*s3, "key") : std::string();
}

void add_keys(const json::object& outputs, const std::string& of_workflow,
              const std::set<std::string>& strategies, std::set<std::string>& keys) {
  const json::array* artifacts = find_array(outputs, "artifacts");
  if (artifacts == nullptr) return;
  for (const json::value& item : *artifacts) {
    const json::object* artifact = item.if_object();
    if (artifact == nullptr || get_bool(*artifact, "deleted")) continue;
    std::string strategy = strategy_in(*artifact);
    if (strategy.empty()) strategy = of_workflow;
    std::string key = key_of(*artifact);
    if (!key.empty() && strategies.contains(strategy)) keys.insert(std::move(key));
  }
}

}  // namespace

std::set<std::string> artifacts_gone_at_completion(const Run& run) {
  std::set<std::string> keys;
  const std::string strategy = strategy_in(run.effective_spec());
  for (const auto& [id, node] : run.nodes()) {
    add_keys(node.outputs, strategy, {"OnWorkflowCompletion"}, keys);
  }
  return keys;
}

std::set<std::string> artifacts_gone_at_deletion(const json::object& workflow) {
  std::set<std::string> keys;
  const json::object* status = find_object(workflow, "status");
  const json::object* nodes = status != nullptr ? find_object(*status, "nodes") : nullptr;
  if (nodes == nullptr) return keys;
  const json::object* spec = find_object(*status, "storedWorkflowTemplateSpec");
  if (spec == nullptr) spec = find_object(workflow, "spec");
  const std::string strategy = spec != nullptr ? strategy_in(*spec) : std::string();
  for (const auto& member : *nodes) {
    const json::object* node = member.value().if_object();
    const json::object* outputs = node != nullptr ? find_object(*node, "outputs") : nullptr;
    if (outputs == nullptr) continue;
    add_keys(*outputs, strategy, {"OnWorkflowDeletion", "OnWorkflowCompletion"}, keys);
  }
  return keys;
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
      if (!item.is_object() || !gone.contains(key_of(item.get_object()))) continue;
      item.get_object()["deleted"] = true;
      changed = true;
    }
    if (changed) delta.nodes.push_back(std::move(marked));
  }
  return delta;
}

}  // namespace slipway::workflow
