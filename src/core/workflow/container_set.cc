#include "core/workflow/container_set.h"

#include <fmt/format.h>

namespace slipway::workflow {
namespace {

using State = pod::ContainerStatus::State;

std::vector<NodeId> container_nodes(const Pass& pass, const NodeId& pod) {
  std::vector<NodeId> found;
  const Node* node = pass.draft.find(pod);
  if (node == nullptr) return found;
  std::set<NodeId> seen;
  std::vector<NodeId> stack = pass.draft.children(pod);
  while (!stack.empty()) {
    const NodeId id = stack.back();
    stack.pop_back();
    const Node* child = pass.draft.find(id);
    if (child == nullptr || child->type != NodeType::kContainer || !seen.insert(id).second) {
      continue;
    }
    found.push_back(id);
    for (NodeId& below : pass.draft.children(id)) stack.push_back(std::move(below));
  }
  std::sort(found.begin(), found.end());
  return found;
}

void set_container_phase(Pass& pass, const Node& node, const pod::ContainerStatus& status) {
  if (is_completed(node.phase) || status.state == State::kWaiting) return;
  if (status.state == State::kRunning) {
    if (node.phase != Phase::kRunning) pass.set_phase(node.id, Phase::kRunning, "");
    return;
  }
  std::string message;
  if (status.exit_code != 0) {
    message = fmt::format("{} (exit code {})", status.reason.empty() ? "Error" : status.reason,
                          status.exit_code);
    if (!status.message.empty()) message += ": " + status.message;
  }
  pass.update(node.id, [&](Node& changed) {
    changed.phase = status.exit_code == 0 ? Phase::kSucceeded : Phase::kFailed;
    changed.message = message;
    changed.outputs["exitCode"] = std::to_string(status.exit_code);
    if (!status.finished_at.is_zero()) changed.finished_at = status.finished_at;
  });
}

}  // namespace

void create_container_nodes(Pass& pass, const Node& pod, const json::object& body) {
  const json::object* set = find_object(body, "containerSet");
  const json::array* containers = set != nullptr ? find_array(*set, "containers") : nullptr;
  if (containers == nullptr) return;
  const auto id_of = [&](std::string_view name) {
    return pass.draft.id_of(fmt::format("{}.{}", pod.name, name));
  };
  for (const json::value& item : *containers) {
    if (!item.is_object()) continue;
    const std::string name = get_string(item.get_object(), "name");
    Node node;
    node.id = id_of(name);
    node.name = fmt::format("{}.{}", pod.name, name);
    node.display_name = name;
    node.type = NodeType::kContainer;
    node.phase = Phase::kPending;
    node.boundary_id = pod.id;
    node.template_name = pod.template_name;
    node.template_ref = pod.template_ref;
    node.template_scope = pod.template_scope;
    pass.create(std::move(node));
  }
  for (const json::value& item : *containers) {
    if (!item.is_object()) continue;
    const NodeId id = id_of(get_string(item.get_object(), "name"));
    const json::array* needs = find_array(item.get_object(), "dependencies");
    if (needs == nullptr || needs->empty()) {
      pass.draft.add_child(pod.id, id);
      continue;
    }
    for (const json::value& need : *needs) {
      if (need.is_string()) pass.draft.add_child(id_of(view(need.get_string())), id);
    }
  }
}

void report_container_nodes(Pass& pass, const NodeId& pod, const pod::PodReport& report) {
  const std::vector<NodeId> ids = container_nodes(pass, pod);
  for (const NodeId& id : ids) {
    const Node node = *pass.draft.find(id);
    for (const pod::ContainerStatus& status : report.containers) {
      if (status.name == node.display_name) set_container_phase(pass, node, status);
    }
  }
  if (!pod::is_final(report.phase)) return;
  for (const NodeId& id : ids) {
    if (is_completed(pass.draft.find(id)->phase)) continue;
    const bool good = report.phase == pod::PodReport::Phase::kSucceeded;
    pass.set_phase(id, good ? Phase::kSucceeded : Phase::kFailed,
                   good ? "" : "container did not run to its end: the pod is over");
  }
}

void fail_container_nodes(Pass& pass, const NodeId& pod, std::string_view message) {
  for (const NodeId& id : container_nodes(pass, pod)) {
    if (!is_completed(pass.draft.find(id)->phase)) pass.set_phase(id, Phase::kFailed, message);
  }
}

}  // namespace slipway::workflow
