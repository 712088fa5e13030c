#include "core/workflow/estimate.h"

namespace slipway::workflow {
namespace {

using manifest::Kind;

constexpr size_t kMostNodes = 1000;

constexpr std::pair<const char*, Kind> kSources[] = {
    {"workflows.argoproj.io/workflow-template", Kind::kWorkflowTemplate},
    {"workflows.argoproj.io/cluster-workflow-template", Kind::kClusterWorkflowTemplate},
    {"workflows.argoproj.io/cron-workflow", Kind::kCronWorkflow}};

Time time_in(const json::object& status, std::string_view key) {
  const auto time = parse_rfc3339(get_string(status, key));
  return time.ok() ? *time : Time{};
}

int64_t seconds_between(Time from, Time to) {
  if (from.is_zero() || to < from) return 0;
  return static_cast<int64_t>((to - from).to_seconds());
}

}  // namespace

int64_t Estimate::of_node(std::string_view workflow, std::string_view node) const {
  if (!node.starts_with(workflow)) return 0;
  const auto found = nodes.find(std::string(node.substr(workflow.size())));
  return found != nodes.end() ? found->second : 0;
}

std::optional<manifest::ResourceKey> estimated_by(const Run& run) {
  const json::object& labels = object_of(run.metadata(), "labels");
  for (const auto& [label, kind] : kSources) {
    const std::string name = get_string(labels, label);
    if (name.empty()) continue;
    return manifest::ResourceKey{kind, manifest::is_namespaced(kind) ? run.ns() : "", name};
  }
  return std::nullopt;
}

Estimate measure_run(const Run& run) {
  Estimate estimate;
  estimate.created_at = run.created_at();
  estimate.workflow_s =
      seconds_between(time_in(run.status(), "startedAt"), time_in(run.status(), "finishedAt"));
  if (run.nodes().size() > kMostNodes) return estimate;
  for (const auto& [id, node] : run.nodes()) {
    const int64_t took = seconds_between(node.started_at, node.finished_at);
    if (took > 0) estimate.nodes[node.name.substr(run.name().size())] = took;
  }
  return estimate;
}

json::object to_json(const Estimate& estimate) {
  json::object nodes;
  for (const auto& [name, took] : estimate.nodes) nodes[name] = took;
  return {{"createdAt", estimate.created_at.ns},
          {"workflow", estimate.workflow_s},
          {"nodes", std::move(nodes)}};
}

Estimate estimate_from_json(const json::object& object) {
  Estimate estimate;
  estimate.created_at.ns = get_int(object, "createdAt");
  estimate.workflow_s = get_int(object, "workflow");
  for (const auto& node : object_of(object, "nodes")) {
    if (node.value().is_int64()) estimate.nodes[node.key()] = node.value().get_int64();
  }
  return estimate;
}

}  // namespace slipway::workflow
