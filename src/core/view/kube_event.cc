#include "core/view/kube_event.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/manifest/resource.h"
#include "core/workflow/artifact_gc.h"

namespace slipway::views {
namespace {

using workflow::Node;
using workflow::Phase;

constexpr std::string_view kComponent = "workflow-controller";

// Argo's NodePhase.Completed: what was skipped or omitted never ran.
bool completed(Phase phase) {
  return phase == Phase::kSucceeded || phase == Phase::kFailed || phase == Phase::kError;
}

class Teller {
 public:
  Teller(const workflow::Run& before, const workflow::Delta& delta)
      : before_(before), delta_(delta) {}

  // Argo tells of the workflow as soon as its phase is set, and of the nodes when all is saved.
  std::vector<KubeEvent> tell() {
    tell_phase();
    for (const Node& node : delta_.nodes) tell_node(node);
    tell_artifacts();
    return std::move(told_);
  }

 private:
  void tell_phase() {
    const std::string phase = get_string(delta_.status, "phase");
    if (phase.empty() || phase == workflow::to_string(before_.phase())) return;
    if (phase == "Running") add(false, "WorkflowRunning", "Workflow Running");
    if (phase == "Succeeded") add(false, "WorkflowSucceeded", "Workflow completed");
    if (phase != "Failed" && phase != "Error") return;
    if (is_past_deadline()) add(true, "WorkflowTimedOut", "Workflow timed out");
    const json::object& said =
        find(delta_.status, "message") != nullptr ? delta_.status : before_.status();
    add(true, "WorkflowFailed", get_string(said, "message"));
  }

  bool is_past_deadline() const {
    const int64_t seconds = get_int(before_.effective_spec(), "activeDeadlineSeconds");
    const auto started = parse_rfc3339(get_string(before_.status(), "startedAt"));
    return seconds > 0 && started.ok() && delta_.at - *started >= Duration::seconds(seconds);
  }

  void tell_node(const Node& node) {
    const auto& removed = delta_.removed_nodes;
    const bool anew = std::find(removed.begin(), removed.end(), node.id) != removed.end();
    const Node* old = anew ? nullptr : before_.find_node(node.id);
    if (old != nullptr && old->phase == node.phase) return;
    if (old == nullptr && node.phase != Phase::kRunning && !completed(node.phase)) return;
    const bool seen = old != nullptr && old->phase != Phase::kPending;
    if (!seen && completed(node.phase)) add_node(node, Phase::kRunning);
    add_node(node, node.phase);
  }

  void add_node(const Node& node, Phase phase) {
    const std::string_view name = workflow::to_string(phase);
    std::string message = fmt::format("{} node {}", name, node.name);
    if (!node.message.empty()) message += ": " + node.message;
    const bool normal = phase == Phase::kSucceeded || phase == Phase::kRunning;
    add(!normal, fmt::format("WorkflowNode{}", name), std::move(message));
    told_.back().node_id = node.id;
    told_.back().node_name = node.name;
    told_.back().node_type = workflow::to_string(node.type);
    told_.back().node_started_at = node.started_at;
  }

  void tell_artifacts() {
    const std::string error = artifact_error(delta_.status);
    if (error.empty() || error == artifact_error(before_.status())) return;
    add(true, "ArtifactGCFailed",
        fmt::format(
            "Artifact Garbage Collection failed for strategy {}, err:{}",
            workflow::is_being_deleted(before_) ? "OnWorkflowDeletion" : "OnWorkflowCompletion",
            error));
  }

  static std::string artifact_error(const json::object& status) {
    for (const json::value& item : list_of(status, "conditions")) {
      const json::object* condition = item.if_object();
      if (condition != nullptr && get_string(*condition, "type") == "ArtifactGCError") {
        return get_string(*condition, "message");
      }
    }
    return {};
  }

  void add(bool warning, std::string reason, std::string message) {
    KubeEvent event;
    event.at = delta_.at;
    event.warning = warning;
    event.reason = std::move(reason);
    event.message = std::move(message);
    event.ns = before_.ns();
    event.workflow = before_.name();
    event.uid = before_.uid();
    told_.push_back(std::move(event));
  }

  const workflow::Run& before_;
  const workflow::Delta& delta_;
  std::vector<KubeEvent> told_;
};

// Argo's, of the start among others so that Kubernetes does not fold a node and its retry into one.
json::object annotations_of(const KubeEvent& event) {
  const auto key = [](const char* name) { return fmt::format("workflows.argoproj.io/{}", name); };
  json::object out;
  out[key("node-id")] = event.node_id.value;
  out[key("node-name")] = event.node_name;
  out[key("node-start-time")] = std::to_string(event.node_started_at.ns);
  out[key("node-type")] = event.node_type;
  return out;
}

}  // namespace

std::vector<KubeEvent> kube_events(const workflow::Run& before, const workflow::Delta& delta) {
  return Teller(before, delta).tell();
}

json::object to_object(const KubeEvent& event, uint64_t version) {
  const std::string at = format_rfc3339(event.at);
  json::object metadata{{"name", fmt::format("{}.{:x}", event.workflow, version)},
                        {"namespace", event.ns},
                        {"uid", fmt::format("{}-{:x}", event.uid.value, version)},
                        {"resourceVersion", std::to_string(version)},
                        {"creationTimestamp", at}};
  if (!event.node_id.empty()) metadata["annotations"] = annotations_of(event);
  return {{"apiVersion", "v1"},
          {"kind", "Event"},
          {"metadata", std::move(metadata)},
          {"involvedObject",
           {{"apiVersion", manifest::api_version(manifest::Kind::kWorkflow)},
            {"kind", manifest::to_string(manifest::Kind::kWorkflow)},
            {"name", event.workflow},
            {"namespace", event.ns},
            {"uid", event.uid.value}}},
          {"reason", event.reason},
          {"message", event.message},
          {"source", {{"component", kComponent}}},
          {"reportingComponent", kComponent},
          {"reportingInstance", ""},
          {"firstTimestamp", at},
          {"lastTimestamp", at},
          {"eventTime", nullptr},
          {"count", 1},
          {"type", event.warning ? "Warning" : "Normal"}};
}

Result<std::string> field_of(const KubeEvent& event, std::string_view path) {
  if (path == "involvedObject.name") return event.workflow;
  if (path == "involvedObject.namespace" || path == "metadata.namespace") return event.ns;
  if (path == "involvedObject.uid") return event.uid.value;
  if (path == "involvedObject.kind") {
    return std::string(manifest::to_string(manifest::Kind::kWorkflow));
  }
  if (path == "involvedObject.apiVersion") {
    return std::string(manifest::api_version(manifest::Kind::kWorkflow));
  }
  if (path == "reason") return event.reason;
  if (path == "type") return std::string(event.warning ? "Warning" : "Normal");
  if (path == "source" || path == "reportingComponent") return std::string(kComponent);
  return Error{ErrorCode::kInvalid,
               fmt::format("events can not be selected by {}; use involvedObject.name, "
                           "involvedObject.uid, involvedObject.kind, reason or type",
                           path)};
}

}  // namespace slipway::views
