// How Steps, DAG and Retry nodes end, and the queue that runs them.
#include "core/workflow/control.h"
#include "core/workflow/leaf.h"
#include "core/workflow/sibling.h"

namespace slipway::workflow {
namespace {

void add_outbound(const Pass& pass, const NodeId& id, std::vector<NodeId>& out) {
  const Node* node = pass.draft.find(id);
  if (node == nullptr) return;
  const auto of_children = [&](auto&& counts) {
    const size_t before = out.size();
    for (const NodeId& child : pass.draft.children(id)) {
      const Node* below = pass.draft.find(child);
      if (below != nullptr && counts(*below)) add_outbound(pass, child, out);
    }
    if (out.size() == before) out.push_back(id);
  };
  switch (node->type) {
    case NodeType::kSteps:
    case NodeType::kDag:
      if (node->outbound_nodes.empty()) {
        out.push_back(id);
      } else {
        for (const NodeId& end : node->outbound_nodes) add_outbound(pass, end, out);
      }
      return;
    case NodeType::kRetry:
      out.push_back(last_attempt(pass, *node).id);  // itself, also of steps or a DAG
      return;
    case NodeType::kTaskGroup:
    case NodeType::kStepGroup:
      return of_children([](const Node& child) { return !child.hooked; });
    case NodeType::kPod:
    case NodeType::kContainer:
      return of_children([](const Node& child) { return child.type == NodeType::kContainer; });
    default:
      out.push_back(id);
  }
}

// Daemons live as long as the steps or DAG around them (rule 64).
void end_daemon(Pass& pass, const NodeId& id) {
  const Node* node = pass.draft.find(id);
  if (node == nullptr || !node->daemoned || is_completed(node->phase)) return;
  if (node->type == NodeType::kRetry) {
    end_daemon(pass, last_attempt(pass, *node).id);
  }
  pass.update(id, [](Node& daemon) {
    if (!daemon.pod_id.empty() && !daemon.pod_done) daemon.kill_requested = true;
    daemon.phase = Phase::kSucceeded;
    daemon.daemoned = false;
    daemon.message.clear();
  });
}

void end_daemons(Pass& pass, const Frame& frame) {
  for (const Call& call : frame.calls) {
    for (const Item& item : call.items) end_daemon(pass, item.id);
  }
}

std::vector<NodeId> outbound_of(Pass& pass, const Frame& frame) {
  std::vector<NodeId> out;
  if (frame.kind == Frame::Kind::kSteps) {
    if (frame.groups.empty()) return out;
    size_t last = frame.group;
    while (last > 0 && pass.draft.find(frame.groups[last].id) == nullptr) --last;
    if (pass.draft.find(frame.groups[last].id) != nullptr) {
      add_outbound(pass, frame.groups[last].id, out);
    }
    return out;
  }
  std::set<NodeId> seen;
  for (const uint32_t target : frame.targets) {
    const NodeId id = pass.draft.id_of(frame.name + "." + frame.calls[target].name);
    std::vector<NodeId> some;
    if (pass.draft.find(id) != nullptr) add_outbound(pass, id, some);
    for (NodeId& one : some) {
      if (seen.insert(one).second) out.push_back(std::move(one));
    }
  }
  return out;
}

}  // namespace

std::vector<NodeId> outbound_nodes(const Pass& pass, const NodeId& id) {
  std::vector<NodeId> out;
  add_outbound(pass, id, out);
  return out;
}

void finish_frame(Pass& pass, Frame& frame, Phase phase, std::string_view message) {
  std::string text(message);
  bool broken = false;
  if (frame.kind != Frame::Kind::kRetry) {
    json::object outputs;
    if (phase == Phase::kSucceeded) {
      auto made = template_outputs(pass, frame);
      if (made.ok()) {
        outputs = std::move(*made);
      } else {
        phase = Phase::kError;
        text = made.error().message;
        broken = true;
      }
    }
    end_daemons(pass, frame);
    publish_global_outputs(pass, outputs);
    std::vector<NodeId> out = outbound_of(pass, frame);
    pass.update(frame.id, [&](Node& node) {
      if (!outputs.empty()) node.outputs = std::move(outputs);
      node.outbound_nodes = std::move(out);
      node.broken = node.broken || broken;
    });
  }
  const NodeId id = frame.id;
  pass.drop_frame(frame);
  pass.set_phase(id, phase, text);
}

void run_queue(Pass& pass) {
  while (!pass.index.queue.empty()) {
    Frame& frame = *pass.index.queue.front();
    pass.index.queue.pop_front();
    frame.queued = false;
    ++pass.index.visits;
    switch (frame.kind) {
      case Frame::Kind::kSteps:
        run_steps(pass, frame);
        break;
      case Frame::Kind::kDag:
        run_dag(pass, frame);
        break;
      case Frame::Kind::kRetry:
        run_retry(pass, frame);
        break;
    }
  }
}

}  // namespace slipway::workflow
