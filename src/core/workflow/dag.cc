// DAG: tasks as soon as what they depend on is done (spec rules 13 to 18 and 24).
#include <fmt/format.h>

#include <algorithm>

#include "core/workflow/call.h"
#include "core/workflow/control.h"
#include "core/workflow/dag_phase.h"
#include "core/workflow/dag_plan.h"
#include "core/workflow/hook.h"
#include "core/workflow/item.h"

namespace slipway::workflow {
namespace {

Site task_site(Frame& frame, uint32_t index) {
  Site site;
  site.node_name = fmt::format("{}.{}", frame.name, frame.calls[index].name);
  site.boundary = &frame;
  site.scope = frame.scope_name;
  site.owner = {&frame, index, 0, -1};
  site.on_exit = frame.on_exit;
  site.depth = frame.depth + 1;
  return site;
}

// The nodes whose edges lead into a task (rule 6).
std::vector<NodeId> parents_of(Pass& pass, const Frame& frame, const Call& call) {
  if (call.needs.empty()) return {frame.id};
  std::vector<NodeId> parents;
  std::set<NodeId> seen;
  for (const uint32_t need : call.needs) {
    const NodeId id = pass.draft.id_of(fmt::format("{}.{}", frame.name, frame.calls[need].name));
    if (pass.draft.find(id) == nullptr) continue;
    for (NodeId& out : outbound_nodes(pass, id)) {
      if (seen.insert(out).second) parents.push_back(std::move(out));
    }
  }
  return parents;
}

// A task that is decided at once: its only item is that node.
void decide_task(Pass& pass, Frame& frame, uint32_t index, Phase phase, std::string_view message) {
  Call& call = frame.calls[index];
  const Site site = task_site(frame, index);
  const NodeId id = pass.draft.id_of(site.node_name);
  const bool existed = pass.draft.find(id) != nullptr;
  Item item;
  item.node_name = site.node_name;
  item.id = id;
  item.state = Item::State::kStarted;
  ++frame.started_open;
  call.expanded = true;
  call.items.clear();
  call.items.push_back(std::move(item));
  call.open = 1;
  if (existed) {
    attach_node(pass, *pass.draft.find(id), site);
    return;
  }
  create_decided(pass, *call.definition, site, phase, message);
  for (const NodeId& parent : parents_of(pass, frame, call)) pass.draft.add_child(parent, id);
}

bool is_single(const Call& call) {
  return call.items.size() == 1 && call.items[0].node_name.back() != ')';
}

void make_task_group(Pass& pass, Frame& frame, uint32_t index) {
  const Call& call = frame.calls[index];
  const Site site = task_site(frame, index);
  if (pass.draft.find_name(site.node_name) != nullptr) return;
  Node node = new_node(pass, *call.definition, site, NodeType::kTaskGroup);
  node.phase = Phase::kRunning;
  node.inline_template.clear();
  const NodeId id = node.id;
  pass.create(std::move(node));
  for (const NodeId& parent : parents_of(pass, frame, call)) pass.draft.add_child(parent, id);
}

bool depends_hold(const Pass& pass, const Frame& frame, const Call& call) {
  if (!call.depends) return true;
  return call.depends->evaluate(
      [&](const std::string& name) { return task_result(pass, frame, name); },
      [&](const std::string& name) { return satisfies_bare(pass, frame, name); });
}

// All that the task needs is done: it is omitted, or its items wait to start.
void begin_task(Pass& pass, Frame& frame, uint32_t index) {
  Call& call = frame.calls[index];
  ++pass.index.visits;
  ++frame.undone_tasks;
  const Node* stored = pass.draft.find_name(fmt::format("{}.{}", frame.name, call.name));
  if (stored != nullptr && stored->type == NodeType::kSkipped) {
    return decide_task(pass, frame, index, stored->phase, "");
  }
  if (stored == nullptr && !depends_hold(pass, frame, call)) {
    return decide_task(pass, frame, index, Phase::kOmitted, "omitted: depends condition not met");
  }
  const Status status = expand_call(pass, frame, call);
  if (!status.ok()) {
    return decide_task(pass, frame, index, Phase::kError, status.error().message);
  }
  if (call.loop && !is_single(call)) {
    make_task_group(pass, frame, index);
    if (!call.group.hooks.empty()) frame.touched.push_back({index, kGroup, -1});
  }
  for (uint32_t j = 0; j < call.items.size(); ++j) {
    queue_item(pass, frame, {call.rank, index, j}, {});
  }
}

void begin_ready(Pass& pass, Frame& frame) {
  while (!frame.ready.empty()) {
    const uint32_t index = frame.ready.begin()->second;
    const bool stored =
        pass.draft.find_name(fmt::format("{}.{}", frame.name, frame.calls[index].name)) != nullptr;
    if (!stored && frame.failed_fast) return;
    frame.ready.erase(frame.ready.begin());
    begin_task(pass, frame, index);
  }
}

void start_waiting(Pass& pass, Frame& frame) {
  while (const auto next = next_waiting(frame)) {
    const Call& call = frame.calls[next->call];
    std::vector<NodeId> parents;
    if (call.loop && !is_single(call)) {
      parents = {pass.draft.id_of(fmt::format("{}.{}", frame.name, call.name))};
    } else if (pass.draft.find(call.items[next->item].id) == nullptr) {
      parents = parents_of(pass, frame, call);
    }
    if (!start_item(pass, frame, next->call, next->item, parents)) {
      pass.index.lacking_room.insert(frame.id);
      return;
    }
    frame.waiting.erase(*next);
  }
  if (frame.later.empty()) pass.index.lacking_room.erase(frame.id);
}

// A TaskGroup has the phase of its last item that failed (rule 24).
void end_task_group(Pass& pass, Frame& frame, const Call& call) {
  const NodeId id = pass.draft.id_of(fmt::format("{}.{}", frame.name, call.name));
  const Node* group = pass.draft.find(id);
  if (group == nullptr || group->fulfilled()) return;
  Phase phase = Phase::kSucceeded;
  for (const Item& item : call.items) {
    const Node* node = pass.draft.find(item.id);
    if (node != nullptr && node->failed_or_error()) phase = node->phase;
  }
  pass.set_phase(id, phase, "");
}

void end_task(Frame& frame, uint32_t index) {
  Call& call = frame.calls[index];
  call.done = true;
  --frame.undone_tasks;
  for (const uint32_t dependent : call.dependents) {
    Call& next = frame.calls[dependent];
    if (--next.unmet == 0 && next.reachable) frame.ready.insert({next.rank, dependent});
  }
}

// A task is done with its items and with what hooks its TaskGroup has.
void settle_task(Pass& pass, Frame& frame, uint32_t index, uint32_t item) {
  Call& call = frame.calls[index];
  if (item != kGroup && !settle_item(pass, frame, index, item)) return;
  if (call.done) return;
  if (call.open == 0 && call.loop && !is_single(call)) end_task_group(pass, frame, call);
  const bool idle = run_item_hooks(pass, frame, index, kGroup);
  if (call.open == 0 && idle) end_task(frame, index);
}

void settle_touched(Pass& pass, Frame& frame) {
  while (!frame.touched.empty()) {
    const Frame::Touched touched = frame.touched.front();
    frame.touched.pop_front();
    settle_task(pass, frame, touched.call, touched.item);
  }
}

bool runs_group_hooks(const Frame& frame) {
  return std::any_of(frame.calls.begin(), frame.calls.end(), [](const Call& call) {
    const auto& hooks = call.group.hooks;
    return std::any_of(hooks.begin(), hooks.end(),
                       [](const HookRun& hook) { return hook.started && !hook.done; });
  });
}

// Nothing more will come of what is under way: the open TaskGroups end with it.
void close(Pass& pass, Frame& frame, std::string_view message) {
  for (const Call& call : frame.calls) {
    if (!call.loop || !call.expanded || call.done || is_single(call)) continue;
    const NodeId id = pass.draft.id_of(fmt::format("{}.{}", frame.name, call.name));
    const Node* group = pass.draft.find(id);
    if (group != nullptr && !group->fulfilled()) pass.set_phase(id, Phase::kFailed, message);
  }
  finish_frame(pass, frame, Phase::kFailed, message);
}

}  // namespace

void run_dag(Pass& pass, Frame& frame) {
  if (frame.calls.empty()) {
    if (const Status status = plan_dag(frame); !status.ok()) {
      return finish_frame(pass, frame, Phase::kError, status.error().message);
    }
  }
  take_up_later(frame);
  settle_touched(pass, frame);  // a failure may forbid what is still to start
  do {
    begin_ready(pass, frame);
    start_waiting(pass, frame);
    settle_touched(pass, frame);
  } while (!frame.touched.empty() || (!frame.ready.empty() && !frame.failed_fast));

  if (frame.started_open > 0) return;
  const bool ends_early = frame.failed_fast || !frame.group_error.empty();
  if (ends_early && runs_group_hooks(frame)) return;
  if (!frame.group_error.empty()) {
    return finish_frame(pass, frame, Phase::kError, std::string(frame.group_error));
  }
  if (frame.failed_fast) return close(pass, frame, kFailedFast);
  if (!frame.waiting.empty() || !frame.ready.empty() || frame.undone_tasks > 0) return;
  const bool stopped = !pass.shutdown().empty() && !frame.on_exit;
  const Phase phase = stopped ? Phase::kFailed : assess_dag(pass, frame);
  finish_frame(pass, frame, phase, "");
}

}  // namespace slipway::workflow
