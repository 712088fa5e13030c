// What a pod tells becomes its node's phase, message and outputs (spec rules 4, 26 to 30, 57, 64).
#include <fmt/format.h>

#include "core/workflow/container_set.h"
#include "core/workflow/globals.h"
#include "core/workflow/leaf.h"
#include "core/workflow/leaf_part.h"

namespace slipway::workflow {
namespace {

using Report = pod::PodReport;

json::array parameter_outputs(const json::object& declared, const Report& report) {
  json::array made;
  const json::array* parameters = find_array(declared, "parameters");
  if (parameters == nullptr) return made;
  for (const json::value& item : *parameters) {
    if (!item.is_object()) continue;
    json::object parameter = item.get_object();
    const auto value = report.parameters.find(get_string(parameter, "name"));
    if (value != report.parameters.end()) parameter["value"] = value->second;
    if (find(parameter, "value") == nullptr) continue;
    made.emplace_back(std::move(parameter));
  }
  return made;
}

json::array artifact_outputs(const json::object& declared, const Report& report) {
  json::array made;
  for (const pod::SavedArtifact& saved : report.artifacts) {
    json::object artifact{{"name", saved.name}};
    if (const json::object* own = find_named(declared, "artifacts", saved.name)) artifact = *own;
    if (!saved.key.empty()) {  // else it went where the template says, by HTTP
      for (const std::string_view kind : {"gcs", "oss", "azure"}) artifact.erase(kind);
      json::object s3 = saved.reference;
      s3["key"] = saved.key;
      artifact["s3"] = std::move(s3);
    }
    made.emplace_back(std::move(artifact));
  }
  return made;
}

json::object outputs_of(const json::object& part, const Report& report) {
  json::object outputs;
  const json::object& declared = object_of(part, "outputs");
  json::array parameters = parameter_outputs(declared, report);
  if (!parameters.empty()) outputs["parameters"] = std::move(parameters);
  json::array artifacts = artifact_outputs(declared, report);
  if (!artifacts.empty()) outputs["artifacts"] = std::move(artifacts);
  if (report.result) outputs["result"] = *report.result;
  if (report.exit_code) outputs["exitCode"] = std::to_string(*report.exit_code);
  return outputs;
}

void take_progress(Pass& pass, const Node& node, const Report& report) {
  const bool running = report.phase != Report::Phase::kPending;
  const Phase phase = running ? Phase::kRunning : Phase::kPending;
  const std::string message = running ? std::string() : report.message;
  const bool ready = report.phase == Report::Phase::kReady;
  const bool same = node.phase == phase && node.message == message &&
                    (report.pod_ip.empty() || node.pod_ip == report.pod_ip) &&
                    (report.progress.empty() || node.progress == report.progress) &&
                    (!ready || node.daemoned);
  if (same || (node.phase == Phase::kRunning && !running)) return;
  bool daemon = false;
  if (ready) {
    const auto part = template_part(pass, node, {"daemon"});
    daemon = part.ok() && get_bool(*part, "daemon");
  }
  if (running) {
    pass.index.timers.clear({node.id, Timers::Purpose::kPendingTimeout});
  }
  pass.update(node.id, [&](Node& changed) {
    changed.phase = phase;
    changed.message = message;
    if (daemon) changed.daemoned = true;
    if (!report.pod_ip.empty()) changed.pod_ip = report.pod_ip;
    if (!report.host.empty()) changed.host_node_name = report.host;
    if (!report.progress.empty()) changed.progress = report.progress;
  });
}

struct Outcome {
  Phase phase = Phase::kSucceeded;
  std::string message;
};

Outcome outcome_of(const Node& node, const Report& report, bool daemon) {
  if (report.phase == Report::Phase::kSucceeded) {
    // A daemon that ends by itself has failed (rule 30).
    if (daemon && !node.kill_requested) return {Phase::kFailed, report.message};
    return {Phase::kSucceeded, report.message};
  }
  if (node.kill_requested && !node.kill_message.empty()) return {Phase::kFailed, node.kill_message};
  switch (report.phase) {
    case Report::Phase::kFailed:
      return {Phase::kFailed, report.message};
    case Report::Phase::kGone:
      return {Phase::kError, report.message.empty() ? "pod deleted" : report.message};
    default:
      return {Phase::kError, report.message};
  }
}

void take_resources(Node& node, const Report& report) {
  if (!report.resources) return;
  node.resources_duration = {{"cpu", report.resources->cpu_s},
                             {"memory", report.resources->memory_s}};
}

void take_end(Pass& pass, const NodeId& id, const Report& report) {
  const Node node = *pass.draft.find(id);
  if (is_completed(node.phase)) {
    // Decided before its pod was gone: killed while pending, or a daemon that is not needed.
    pass.update(id, [&](Node& changed) {
      changed.pod_done = true;
      take_resources(changed, report);
    });
    report_container_nodes(pass, id, report);
    return;
  }
  const auto part = template_part(pass, node, {"outputs", "daemon"});
  const bool daemon = part.ok() && get_bool(*part, "daemon");
  const Outcome outcome = outcome_of(node, report, daemon);
  const json::object outputs = outputs_of(part.ok() ? *part : json::object{}, report);
  report_container_nodes(pass, id, report);
  publish_global_outputs(pass, outputs);
  pass.update(id, [&](Node& changed) {
    changed.pod_done = true;
    changed.phase = outcome.phase;
    changed.message = outcome.message;
    changed.daemoned = false;
    if (!outputs.empty()) changed.outputs = outputs;
    if (!report.pod_ip.empty()) changed.pod_ip = report.pod_ip;
    if (!report.host.empty()) changed.host_node_name = report.host;
    if (!report.progress.empty()) changed.progress = report.progress;
    take_resources(changed, report);
    if (!report.finished_at.is_zero()) {
      changed.finished_at = std::max(report.finished_at, changed.started_at);
    }
  });
}

const NodeId* node_of(const Pass& pass, const Report& report) {
  const auto found = pass.index.pods.find(report.id);
  return found != pass.index.pods.end() ? &found->second : nullptr;
}

}  // namespace

void take_report(Pass& pass, const pod::PodReport& report) {
  const NodeId* known = node_of(pass, report);
  const Node* node = known != nullptr ? pass.draft.find(*known) : nullptr;
  if (node == nullptr || node->pod_id != report.id || node->pod_done) return;
  ++pass.index.visits;
  const NodeId id = *known;
  if (pod::is_final(report.phase)) {
    take_end(pass, id, report);
    pass.index.pods.erase(report.id);
    return;
  }
  if (is_completed(node->phase)) return;
  const Node before = *node;
  take_progress(pass, before, report);
  if (!report.containers.empty()) report_container_nodes(pass, id, report);
}

void take_late_report(Pass& pass, const pod::PodReport& report) {
  if (!pod::is_final(report.phase)) return;
  for (const auto& [id, node] : pass.draft.run().nodes()) {
    if (node.pod_id == report.id && !node.pod_done) pass.draft.edit(id).pod_done = true;
  }
}

}  // namespace slipway::workflow
