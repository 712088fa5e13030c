#include "core/view/trace.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "core/workflow/node.h"

namespace slipway::views {
namespace {

using workflow::Node;
using workflow::NodeType;
using workflow::Phase;
using workflow::Run;

// The numbers of OTLP's enums.
constexpr int kInternal = 1, kServer = 2, kOk = 1, kError = 2;

// 32 hex digits: a uid without its dashes, or what it hashes to.
std::string trace_id(const WorkflowUid& uid) {
  std::string id;
  for (const char c : uid.value) {
    if (c != '-') id += c;
  }
  const bool fits = id.size() == 32 && id.find_first_not_of("0123456789abcdef") == id.npos &&
                    id.find_first_not_of('0') != id.npos;
  if (fits) return id;
  return fmt::format("{:016x}{:016x}", fnv1a64(uid.value), fnv1a64(uid.value, 1) | 1);
}

std::string span_id(std::string_view what, Time started) {
  return fmt::format("{:016x}", fnv1a64(fmt::format("{} {}", what, started.ns)) | 1);
}

std::string node_span_id(const Run& run, const Node& node) {
  return span_id(run.uid().value + "/" + node.id.value, node.started_at);
}

std::string_view pipeline_result(Phase phase) {
  switch (phase) {
    case Phase::kSucceeded:
      return "success";
    case Phase::kFailed:
      return "failure";
    case Phase::kSkipped:
    case Phase::kOmitted:
      return "skip";
    default:
      return "error";
  }
}

json::object status_of(Phase phase, const std::string& message) {
  if (phase != Phase::kFailed && phase != Phase::kError) return {{"code", kOk}};
  return {{"code", kError}, {"message", message}};
}

void add(json::array& attributes, std::string_view key, std::string_view value) {
  if (!value.empty()) attributes.push_back(trace_attribute(key, value));
}

json::object span(const std::string& trace, const std::string& id, std::string name, Time from,
                  Time to) {
  return {{"traceId", trace},
          {"spanId", id},
          {"name", std::move(name)},
          {"startTimeUnixNano", std::to_string(from.ns)},
          {"endTimeUnixNano", std::to_string(std::max(from, to).ns)}};
}

// What runs of the same pipeline have in common: the template it was made from, or the name less
// what was generated.
std::string pipeline_name(const Run& run) {
  const json::value* templ = find_path(run.spec(), {"workflowTemplateRef", "name"});
  if (templ != nullptr && templ->is_string()) return str(templ->get_string());
  std::string name = get_string(run.metadata(), "generateName", run.name());
  while (name.ends_with('-')) name.pop_back();
  return name;
}

Time time_of(const json::object& status, std::string_view key, Time otherwise) {
  const auto time = parse_rfc3339(get_string(status, key));
  return time.ok() ? *time : otherwise;
}

json::object workflow_span(const Run& run, const std::string& trace, const std::string& id) {
  Time from = time_of(run.status(), "startedAt", run.created_at());
  Time to = time_of(run.status(), "finishedAt", from);
  for (const auto& [_, node] : run.nodes()) {  // the status knows whole seconds only
    if (node.started_at.ns > 0) from = std::min(from, node.started_at);
    to = std::max(to, node.finished_at);
  }
  const std::string name = pipeline_name(run);
  json::object made = span(trace, id, "RUN " + name, from, to);
  json::array attributes;
  add(attributes, "cicd.pipeline.name", name);
  add(attributes, "cicd.pipeline.action.name", "RUN");
  add(attributes, "cicd.pipeline.run.id", run.uid().value);
  add(attributes, "cicd.pipeline.result", pipeline_result(run.phase()));
  add(attributes, "k8s.namespace.name", run.ns());
  add(attributes, "argo.workflow.name", run.name());
  add(attributes, "argo.workflow.phase", workflow::to_string(run.phase()));
  if (run.phase() != Phase::kSucceeded) {
    add(attributes, "error.type", workflow::to_string(run.phase()));
  }
  const json::object& annotations = object_of(run.metadata(), "annotations");
  add(attributes, "slipway.event.id", get_string(annotations, "slipway.dev/event"));
  made["kind"] = kServer;
  made["attributes"] = std::move(attributes);
  made["status"] = status_of(run.phase(), get_string(run.status(), "message"));
  return made;
}

bool is_group(NodeType type) {
  return type == NodeType::kRetry || type == NodeType::kTaskGroup || type == NodeType::kStepGroup;
}

// A group's children are also what comes after it. Its own have its name in front: a(0), a[0].b.
bool is_of_group(std::string_view name, std::string_view group) {
  return name.starts_with(group) && name.size() > group.size() &&
         (name[group.size()] == '(' || name[group.size()] == '.');
}

// Who made whom: attempts and members of groups by their group, others by what they are inside of.
std::map<NodeId, NodeId> parents_of(const Run& run) {
  std::map<NodeId, NodeId> parents;
  for (const auto& [id, node] : run.nodes()) {
    if (!node.boundary_id.value.empty()) parents.try_emplace(id, node.boundary_id);
    if (!is_group(node.type)) continue;
    for (const NodeId& child : node.children) {
      const Node* found = run.find_node(child);
      if (found != nullptr && is_of_group(found->name, node.name)) parents[child] = id;
    }
  }
  return parents;
}

json::object node_span(const Run& run, const Node& node, const std::string& trace,
                       std::string parent) {
  json::object made =
      span(trace, node_span_id(run, node), node.display_name,
           node.started_at.ns > 0 ? node.started_at : run.created_at(), node.finished_at);
  json::array attributes;
  add(attributes, "cicd.pipeline.task.name", node.template_name);
  add(attributes, "cicd.pipeline.task.run.id", node.id.value);
  add(attributes, "cicd.pipeline.task.run.result", pipeline_result(node.phase));
  add(attributes, "argo.node.name", node.name);
  add(attributes, "argo.node.type", workflow::to_string(node.type));
  add(attributes, "argo.node.phase", workflow::to_string(node.phase));
  if (node.runs_pod()) {
    add(attributes, "k8s.pod.name", workflow::pod_name(run.name(), node.template_name, node.name));
  }
  add(attributes, "process.exit.code", get_string(node.outputs, "exitCode"));
  if (node.failed_or_error()) add(attributes, "error.type", workflow::to_string(node.phase));
  made["parentSpanId"] = std::move(parent);
  made["kind"] = kInternal;
  made["attributes"] = std::move(attributes);
  made["status"] = status_of(node.phase, node.message);
  return made;
}

}  // namespace

json::object trace_attribute(std::string_view key, std::string_view value) {
  return {{"key", key}, {"value", {{"stringValue", value}}}};
}

json::array workflow_spans(const Run& run) {
  const std::string trace = trace_id(run.uid());
  const std::string root = span_id(run.uid().value, run.created_at());
  json::array spans;
  spans.push_back(workflow_span(run, trace, root));
  const std::map<NodeId, NodeId> parents = parents_of(run);
  for (const auto& [id, node] : run.nodes()) {
    const auto found = parents.find(id);
    const Node* parent = found != parents.end() ? run.find_node(found->second) : nullptr;
    spans.push_back(node_span(run, node, trace, parent ? node_span_id(run, *parent) : root));
  }
  return spans;
}

json::object trace_request(json::array resource, json::array spans) {
  json::object scope{{"scope", {{"name", "slipway"}, {"version", SLIPWAY_VERSION}}}};
  scope["spans"] = std::move(spans);
  json::object group{{"resource", {{"attributes", std::move(resource)}}}};
  group["scopeSpans"] = json::array{std::move(scope)};
  json::object request;
  request["resourceSpans"] = json::array{std::move(group)};
  return request;
}

}  // namespace slipway::views
