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
  if (!existed && !pass.may_start(frame.on_exit)) return false;
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
  item.state = Item::State::kStarted;
  item.definition.clear();
  ++frame.started_open;
  if (!existed) {
    for (const NodeId& parent : parents) pass.draft.add_child(parent, item.id);
  }
  return true;
}

bool settle_item(Pass& pass, Frame& frame, uint32_t call_index, uint32_t item_index) {
  Call& call = frame.calls[call_index];
  Item& item = call.items[item_index];
  ++pass.index.visits;
  const Node* node = pass.draft.find(item.id);
  if (node == nullptr || item.state == Item::State::kWaiting) return false;
  const bool idle = run_item_hooks(pass, frame, call_index, item_index);
  node = pass.draft.find(item.id);
  if (node->failed_or_error() && get_bool(frame.body, "failFast")) frame.failed_fast = true;
  if (!node->fulfilled() || !idle || item.state == Item::State::kDone) return false;
  item.state = Item::State::kDone;
  --frame.started_open;
  --call.open;
  return true;
}

}  // namespace slipway::workflow
