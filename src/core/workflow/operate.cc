#include "core/workflow/operate.h"

#include <fmt/format.h>

#include "core/workflow/item.h"
#include "core/workflow/leaf.h"
#include "core/workflow/node_selector.h"

namespace slipway::workflow {
namespace {

std::vector<NodeId> suspended_nodes(const Pass& pass, const std::string& selector_text) {
  std::vector<NodeId> ids;
  const auto selector = NodeSelector::parse(selector_text);
  if (!selector.ok()) return ids;  // check_operation() has refused it before
  pass.draft.for_each([&](const Node& node) {
    if (node.type != NodeType::kSuspend || node.phase != Phase::kRunning) return;
    if (selector_text.empty() || selector->matches(node)) ids.push_back(node.id);
  });
  return ids;
}

void set_outputs(json::object& outputs, const std::map<std::string, std::string>& values) {
  json::value* list = outputs.if_contains("parameters");
  if (list == nullptr || !list->is_array()) return;
  for (json::value& item : list->get_array()) {
    if (!item.is_object()) continue;
    const auto value = values.find(get_string(item.get_object(), "name"));
    if (value != values.end()) item.get_object()["value"] = value->second;
  }
}

struct Operate {
  Pass& pass;

  void operator()(const Stop& stop) const {
    if (stop.node_field_selector.empty()) {
      pass.draft.set_spec("shutdown", "Stop");
      return stop_leaves(pass);
    }
    for (const NodeId& id : suspended_nodes(pass, stop.node_field_selector)) {
      pass.set_phase(id, Phase::kFailed, stop.message);
    }
  }
  void operator()(const Terminate&) const {
    pass.draft.set_spec("shutdown", "Terminate");
    stop_leaves(pass);
  }
  void operator()(const Suspend&) const { pass.draft.set_spec("suspend", true); }
  void operator()(const Resume& resume) const {
    if (resume.node_field_selector.empty() && pass.draft.spec("suspend") != nullptr) {
      pass.draft.set_spec("suspend", nullptr);
    }
    for (const NodeId& id : suspended_nodes(pass, resume.node_field_selector)) {
      resume_suspended(pass, id, resume.message, true);
    }
  }
  void operator()(const SetMetadata& set) const {
    for (const auto& [key, map] :
         {std::pair("labels", &set.labels), std::pair("annotations", &set.annotations)}) {
      pass.draft.set_metadata(key, map->empty() ? json::value() : json::value(*map));
    }
  }
  void operator()(const SetNode& set) const {
    const auto phase = parse_phase(set.phase);
    for (const NodeId& id : suspended_nodes(pass, set.node_field_selector)) {
      pass.update(id, [&](Node& node) {
        set_outputs(node.outputs, set.output_parameters);
        if (!set.message.empty()) node.message = set.message;
      });
      if (set.phase.empty() || !phase) continue;
      if (*phase == Phase::kSucceeded) {
        resume_suspended(pass, id, set.message, true);
      } else if (may_follow(Phase::kRunning, *phase)) {
        pass.set_phase(id, *phase, set.message);
      }
    }
  }
};

}  // namespace

void take_operation(Pass& pass, const Operation& operation) {
  std::visit(Operate{pass}, operation);
}

void stop_leaves(Pass& pass) {
  const bool all = pass.shutdown() == "Terminate";
  const std::string why =
      pass.shutdown().empty()
          ? std::string("Step exceeded its deadline")
          : fmt::format("workflow shutdown with strategy:  {}", pass.shutdown());
  std::vector<NodeId> leaves;
  pass.draft.for_each([&](const Node& node) {
    const bool group = node.type == NodeType::kSteps || node.type == NodeType::kDag ||
                       node.type == NodeType::kStepGroup || node.type == NodeType::kTaskGroup ||
                       node.type == NodeType::kContainer;
    const bool locked = find(node.synchronization_status, "waiting") != nullptr;
    if (is_completed(node.phase) || (node.on_exit && !all)) return;
    if ((group || node.type == NodeType::kRetry) && !locked) return;
    leaves.push_back(node.id);
  });
  for (const NodeId& id : leaves) {
    const Node& node = *pass.draft.find(id);
    const bool has_pod = node.runs_pod() && find(node.synchronization_status, "waiting") == nullptr;
    stop_leaf(pass, id, has_pod ? why : closing_message(pass));
  }
  std::vector<NodeId> frames;
  for (const auto& [id, frame] : pass.index.frames) frames.push_back(id);
  std::sort(frames.begin(), frames.end());
  for (const NodeId& id : frames) pass.enqueue(*pass.frame_of(id));
  pass.index.root_touched = true;
}

}  // namespace slipway::workflow
