#include "core/workflow/item.h"

#include <fmt/format.h>

#include "core/workflow/hook.h"

namespace slipway::workflow {

bool continues_on(const json::object& definition, Phase phase) {
  const json::object* on = find_object(definition, "continueOn");
  if (on == nullptr) return false;
  return (phase == Phase::kFailed && get_bool(*on, "failed")) ||
         (phase == Phase::kError && get_bool(*on, "error"));
}

std::string closing_message(const Pass& pass) {
  if (!pass.shutdown().empty()) return fmt::format("Stopped with strategy '{}'", pass.shutdown());
  return "Step exceeded its deadline";
}

namespace {

// What a failed child means for its frame at once: failFast (rule 11), and that a child which could
// not be executed is an error of its group (rule 10) or of its task.
void note_failure(Pass& pass, Frame& frame, const Node& node) {
  if (!node.failed_or_error()) return;
  if (get_bool(frame.body, "failFast")) frame.failed_fast = true;
  if (!node.broken) return;
  if (frame.kind == Frame::Kind::kDag) {
    const std::string message = fmt::format("task '{}' errored: {}", node.name, node.message);
    pass.update(node.id, [&](Node& told) {
      told.broken = false;
      told.message = message;
    });
  } else if (frame.group_error.empty()) {
    frame.group_error =
        fmt::format("step group deemed errored due to child {} error: {}", node.name, node.message);
  }
}

}  // namespace

bool start_item(Pass& pass, Frame& frame, uint32_t call_index, uint32_t item_index,
                const std::vector<NodeId>& parents) {
  Item& item = frame.calls[call_index].items[item_index];
  ++pass.index.visits;
  Site site;
  site.node_name = item.node_name;
  site.boundary = &frame;
  site.scope = frame.scope_name;
  site.owner = {&frame, call_index, item_index, -1};
  site.on_exit = frame.on_exit;
  site.depth = frame.depth + 1;
  const bool existed = pass.draft.find(item.id) != nullptr;
  const json::object& written = *frame.calls[call_index].definition;
  if (existed) {
    attach_node(pass, *pass.draft.find(item.id), site);
  } else if (!item.error.empty()) {
    create_decided(pass, written, site, Phase::kError, item.error);
  } else if (!item.skip_message.empty()) {
    create_decided(pass, written, site, Phase::kSkipped, item.skip_message);
  } else {
    Arguments arguments = arguments_of(item.definition);
    arguments.untrusted = item.untrusted;
    if (!start_node(pass, item.definition, arguments, site)) return false;
  }
  // Known before anything else starts, also when the frame is made anew.
  note_failure(pass, frame, *pass.draft.find(item.id));
  item.state = Item::State::kStarted;
  item.definition.clear();
  ++frame.started_open;
  if (!existed) {
    for (const NodeId& parent : parents) pass.draft.add_child(parent, item.id);
  }
  return true;
}

void queue_item(Pass& pass, Frame& frame, const Frame::Waiting& item,
                const std::vector<NodeId>& parents) {
  if (pass.draft.find(frame.calls[item.call].items[item.item].id) == nullptr) {
    frame.waiting.insert(item);
  } else {
    start_item(pass, frame, item.call, item.item, parents);
  }
}

std::optional<Frame::Waiting> next_waiting(const Frame& frame) {
  if (frame.failed_fast || frame.waiting.empty()) return std::nullopt;
  return *frame.waiting.begin();
}

bool settle_item(Pass& pass, Frame& frame, uint32_t call_index, uint32_t item_index) {
  Call& call = frame.calls[call_index];
  Item& item = call.items[item_index];
  ++pass.index.visits;
  const Node* node = pass.draft.find(item.id);
  if (node == nullptr || item.state == Item::State::kWaiting) return false;
  note_failure(pass, frame, *node);
  const bool hooks_matter = !node->broken || frame.kind == Frame::Kind::kDag;
  const bool idle = !hooks_matter || run_item_hooks(pass, frame, call_index, item_index);
  node = pass.draft.find(item.id);
  if (!node->fulfilled() || !idle || item.state == Item::State::kDone) return false;
  item.state = Item::State::kDone;
  --frame.started_open;
  --call.open;
  return true;
}

}  // namespace slipway::workflow
