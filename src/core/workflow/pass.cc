#include "core/workflow/pass.h"

#include "base/assert.h"
#include "base/limit.h"
#include "core/workflow/estimate.h"
#include "core/workflow/lock_node.h"
#include "core/workflow/memo.h"

namespace slipway::workflow {
bool counts_as_child(const Node& node) {
  return node.type == NodeType::kPod || node.type == NodeType::kSteps ||
         node.type == NodeType::kDag;
}

bool is_active(const Node& node) {
  if (node.phase != Phase::kPending && node.phase != Phase::kRunning) return false;
  return find(node.synchronization_status, "waiting") == nullptr;
}

Pass::Pass(const Run& run, const World& world) : world(world), draft(run), index(run.index()) {}

Pass::Before Pass::look(const NodeId& id) const {
  const Node* node = draft.find(id);
  SLIPWAY_ASSERT(node != nullptr);
  const bool active = is_active(*node);
  return {node->phase,
          node->fulfilled(),
          active && node->runs_pod(),
          node->runs_pod() && node->phase == Phase::kRunning,
          active && counts_as_child(*node),
          node->runs_pod() ? progress_of(*node) : Progress{}};
}

void Pass::count(const Node& node, const Before& before) {
  const bool active = is_active(node);
  index.active_pods += (active && node.runs_pod() ? 1 : 0) - (before.active_pod ? 1 : 0);
  const bool running = node.runs_pod() && node.phase == Phase::kRunning;
  index.running_pods += (running ? 1 : 0) - (before.running_pod ? 1 : 0);
  const bool child = active && counts_as_child(node);
  if (!node.boundary_id.empty() && child != before.active_child) {
    index.active_children[node.boundary_id] += child ? 1 : -1;
  }
  if (node.runs_pod()) {
    const Progress progress = progress_of(node);
    index.progress.done += progress.done - before.progress.done;
    index.progress.total += progress.total - before.progress.total;
  }
}

namespace {

// The clock may have gone back since it started.
void end_in_time(Node& node, Time now) {
  if (!is_completed(node.phase) || !node.finished_at.is_zero()) return;
  node.finished_at = std::max(now, node.started_at);
}

}  // namespace

void Pass::create(Node node) {
  if (node.started_at.is_zero()) node.started_at = now();
  end_in_time(node, now());
  if (world.estimate != nullptr) {
    node.estimated_s = world.estimate->of_node(draft.run().name(), node.name);
  }
  if (node.message.size() > limit::kMessageBytes) node.message.resize(limit::kMessageBytes);
  const NodeId id = node.id;
  const Node& added = draft.add(std::move(node));
  (added.fulfilled() ? ended : begun).push_back(id);
  count(added, {});
  if (added.fulfilled()) release_locks(*this, id);
  touch_owner(id);
}

void Pass::settle(const NodeId& id, const Before& before) {
  Node& node = draft.edit(id);
  SLIPWAY_ASSERT(may_follow(before.phase, node.phase));
  end_in_time(node, now());
  if (node.message.size() > limit::kMessageBytes) node.message.resize(limit::kMessageBytes);
  count(node, before);
  if (node.phase == Phase::kSucceeded && before.phase != Phase::kSucceeded) remember(*this, node);
  if (node.fulfilled() && !before.fulfilled) ended.push_back(id);
  if (node.fulfilled()) {
    index.timers.clear_node(id);
    index.suspended.erase(id);
    release_locks(*this, id);
  }
  touch_owner(id);
}

void Pass::set_phase(const NodeId& id, Phase phase, std::string_view message) {
  update(id, [&](Node& node) {
    node.phase = phase;
    if (!message.empty() || is_completed(phase)) node.message = message;
  });
}

void Pass::touch_owner(const NodeId& id) {
  const auto found = index.owners.find(id);
  if (found == index.owners.end()) return;
  const Link& link = found->second;
  if (link.frame == nullptr) {
    index.root_touched = true;
    return;
  }
  link.frame->touched.push_back({link.call, link.item, link.hook});
  enqueue(*link.frame);
}

void Pass::enqueue(Frame& frame) {
  if (frame.queued) return;
  frame.queued = true;
  index.queue.push_back(&frame);
}

Frame* Pass::frame_of(const NodeId& id) {
  if (id.empty()) return nullptr;
  const auto found = index.frames.find(id);
  return found != index.frames.end() ? found->second.get() : nullptr;
}

void Pass::drop_frame(Frame& frame) {
  if (frame.queued) std::erase(index.queue, &frame);
  const auto disown = [&](const Item& item) {
    index.owners.erase(item.id);
    for (const HookRun& hook : item.hooks) index.owners.erase(hook.node);
  };
  for (const Call& call : frame.calls) {
    for (const Item& item : call.items) disown(item);
    disown(call.group);
  }
  index.lacking_room.erase(frame.id);
  const NodeId id = frame.id;
  index.active_children.erase(id);
  index.frames.erase(id);
}

std::string_view Pass::shutdown() const {
  const json::value* value = draft.spec("shutdown");
  return value != nullptr && value->is_string() ? view(value->get_string()) : std::string_view{};
}

bool Pass::suspended() const {
  const json::value* value = draft.spec("suspend");
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::optional<Time> Pass::deadline() const {
  const json::value* started = draft.status("startedAt");
  const json::value* seconds = slipway::find(spec(), "activeDeadlineSeconds");
  if (started == nullptr || !started->is_string() || seconds == nullptr || !seconds->is_int64()) {
    return std::nullopt;
  }
  const auto since = parse_rfc3339(view(started->get_string()));
  if (!since.ok()) return std::nullopt;
  return *since + Duration::seconds(seconds->get_int64());
}

bool Pass::may_start(bool on_exit) const {
  if (shutdown() == "Terminate") return false;
  return on_exit || (shutdown().empty() && !past_deadline_);
}

bool Pass::has_pod_room() const {
  const int64_t most = get_int(spec(), "parallelism");
  return most <= 0 || index.active_pods < most;
}

}  // namespace slipway::workflow
