// Steps: groups one after the other, the steps of a group side by side (spec rules 10 to 12).
#include <fmt/format.h>

#include "core/workflow/call.h"
#include "core/workflow/control.h"
#include "core/workflow/item.h"

namespace slipway::workflow {
namespace {

// `written` is the same place in the template that still has its tags.
void add_step(Frame& frame, Group& group, const json::value& value, const json::value& written) {
  const json::object* definition = value.if_object();
  if (definition == nullptr) return;
  Call call;
  call.written = written.if_object();
  call.name = get_string(*definition, "name");
  call.definition = definition;
  call.loop = find(*definition, "withItems") != nullptr ||
              find(*definition, "withParam") != nullptr ||
              find(*definition, "withSequence") != nullptr;
  frame.call_by_name[call.name] = static_cast<uint32_t>(frame.calls.size());
  frame.calls.push_back(std::move(call));
  ++group.count;
}

void plan_groups(Pass& pass, Frame& frame) {
  const json::array* steps = find_array(frame.body, "steps");
  if (steps == nullptr) return;
  const json::array& written = *find_array(*frame.written, "steps");
  for (size_t i = 0; i < steps->size(); ++i) {
    const json::value& element = (*steps)[i];
    Group group;
    group.id = pass.draft.id_of(fmt::format("{}[{}]", frame.name, frame.groups.size()));
    group.first = static_cast<uint32_t>(frame.calls.size());
    if (element.is_array()) {
      const json::array& list = element.get_array();
      for (size_t j = 0; j < list.size(); ++j) add_step(frame, group, list[j], written[i].at(j));
    } else {
      add_step(frame, group, element, written[i]);  // the older form: one object
    }
    frame.groups.push_back(std::move(group));
  }
}

// Edges into a new group: from the node itself, or from where the group before it ended.
void link_group(Pass& pass, Frame& frame, const NodeId& id) {
  if (frame.group == 0) return pass.draft.add_child(frame.id, id);
  const NodeId& before = frame.groups[frame.group - 1].id;
  std::set<NodeId> sources;
  for (const NodeId& child : pass.draft.children(before)) {
    for (NodeId& out : outbound_nodes(pass, child)) {
      if (sources.insert(out).second) pass.draft.add_child(out, id);
    }
  }
  if (sources.empty()) pass.draft.add_child(before, id);
}

void make_group_node(Pass& pass, Frame& frame, const Group& group) {
  Site site;
  site.node_name = fmt::format("{}[{}]", frame.name, frame.group);
  site.boundary = &frame;
  site.scope = frame.scope_name;
  site.on_exit = frame.on_exit;
  Node node = new_node(pass, {}, site, NodeType::kStepGroup);
  node.phase = Phase::kRunning;
  pass.create(std::move(node));
  link_group(pass, frame, group.id);
}

void begin_group(Pass& pass, Frame& frame, Group& group) {
  group.begun = true;
  const Node* node = pass.draft.find(group.id);
  const bool over = node != nullptr && node->fulfilled();
  if (node == nullptr) make_group_node(pass, frame, group);
  for (uint32_t i = group.first; i < group.first + group.count; ++i) {
    Call& call = frame.calls[i];
    const Status status = expand_call(pass, frame, call);
    if (!status.ok() && frame.group_error.empty()) frame.group_error = status.error().message;
    group.open += call.items.size();
    for (uint32_t j = 0; j < call.items.size(); ++j) {
      if (over) {
        call.items[j].state = Item::State::kDone;
        call.items[j].definition.clear();
      } else {
        queue_item(pass, frame, {i, i, j}, {group.id});
      }
    }
    call.done = over;
    if (over) call.open = 0;
  }
  if (over) {
    group.open = 0;
    frame.group_error.clear();
  }
}

void start_waiting(Pass& pass, Frame& frame, const Group& group) {
  while (const auto next = next_waiting(frame)) {
    if (!start_item(pass, frame, next->call, next->item, {group.id})) {
      pass.index.lacking_room.insert(frame.id);
      return;
    }
    frame.waiting.erase(*next);
  }
  if (frame.later.empty()) pass.index.lacking_room.erase(frame.id);
}

void settle_touched(Pass& pass, Frame& frame, Group& group) {
  while (!frame.touched.empty()) {
    const Frame::Touched touched = frame.touched.front();
    frame.touched.pop_front();
    if (settle_item(pass, frame, touched.call, touched.item)) {
      Call& call = frame.calls[touched.call];
      call.done = call.open == 0;
      --group.open;
    }
  }
}

// The group is over: its phase, and "child 'x' failed" for the first failure that counts.
std::string group_failure(const Pass& pass, const Frame& frame, const Group& group) {
  for (uint32_t i = group.first; i < group.first + group.count; ++i) {
    for (const Item& item : frame.calls[i].items) {
      const Node* node = pass.draft.find(item.id);
      if (node == nullptr || !node->failed_or_error()) continue;
      if (node->message == kTimedOut) return std::string(kTimedOut);
      if (continues_on(*frame.calls[i].definition, node->phase)) continue;
      return fmt::format("child '{}' failed", item.id.value);
    }
  }
  return {};
}

void end_group(Pass& pass, const Group& group, Phase phase, std::string_view message) {
  const Node* node = pass.draft.find(group.id);
  if (node != nullptr && !node->fulfilled()) pass.set_phase(group.id, phase, message);
}

// An error in the group itself: its items that could not be resolved say so, and all of it ends.
void fail_group(Pass& pass, Frame& frame, const Group& group) {
  for (const Frame::Waiting& waiting : frame.waiting) {
    if (frame.calls[waiting.call].items[waiting.item].error.empty()) continue;
    start_item(pass, frame, waiting.call, waiting.item, {group.id});
  }
  const std::string message = frame.group_error;
  end_group(pass, group, Phase::kError, message);
  if (frame.scope_error) {
    pass.update(frame.id, [](Node& node) { node.broken = true; });
    return finish_frame(pass, frame, Phase::kError, message);
  }
  finish_frame(pass, frame, Phase::kFailed, message);
}

// True when the frame goes on with its next group.
bool finish_group(Pass& pass, Frame& frame, const Group& group) {
  const Node* node = pass.draft.find(group.id);
  std::string failure;
  if (node->fulfilled()) {
    if (node->failed_or_error()) failure = node->message;
  } else {
    failure = group_failure(pass, frame, group);
    end_group(pass, group, failure.empty() ? Phase::kSucceeded : Phase::kFailed, failure);
  }
  if (!failure.empty()) {
    finish_frame(pass, frame, Phase::kFailed, failure);
    return false;
  }
  if (++frame.group < frame.groups.size()) return true;
  frame.group = frame.groups.size() - 1;
  finish_frame(pass, frame, Phase::kSucceeded, "");
  return false;
}

}  // namespace

void run_steps(Pass& pass, Frame& frame) {
  if (frame.groups.empty()) {
    plan_groups(pass, frame);
    if (frame.groups.empty()) return finish_frame(pass, frame, Phase::kSucceeded, "");
  }
  take_up_later(frame);
  while (true) {
    Group& group = frame.groups[frame.group];
    if (!group.begun) {
      begin_group(pass, frame, group);
    }
    settle_touched(pass, frame, group);  // a failure may forbid what is still to start
    if (frame.group_error.empty()) start_waiting(pass, frame, group);
    settle_touched(pass, frame, group);
    if (!frame.group_error.empty() && frame.started_open == 0) {
      return fail_group(pass, frame, group);
    }
    if (group.open == 0 && frame.group_error.empty()) {
      if (frame.failed_fast) {
        end_group(pass, group, Phase::kFailed, kFailedFast);
        return finish_frame(pass, frame, Phase::kFailed, kFailedFast);
      }
      if (!finish_group(pass, frame, group)) return;
      continue;
    }
    if (frame.failed_fast && frame.started_open == 0) {
      end_group(pass, group, Phase::kFailed, kFailedFast);
      return finish_frame(pass, frame, Phase::kFailed, kFailedFast);
    }
    return;
  }
}

}  // namespace slipway::workflow
