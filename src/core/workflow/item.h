// One execution of a step or task, with its hooks: what steps and DAGs do alike.
#pragma once

#include <string>

#include "core/workflow/invoke.h"

namespace slipway::workflow {

// Starts a waiting item. False when there is no room. New nodes get `parents` as the nodes that
// lead to them.
bool start_item(Pass& pass, Frame& frame, uint32_t call, uint32_t item,
                const std::vector<NodeId>& parents);

// An item that was expanded: to wait until it is started, or, when it is stored already since the
// frame was made anew, taken up at once, for which there is always room.
void queue_item(Pass& pass, Frame& frame, const Frame::Waiting& item,
                const std::vector<NodeId>& parents);

// The item to start next; after failFast none.
std::optional<Frame::Waiting> next_waiting(const Frame& frame);

// Looks at an item whose node, or one of whose hooks, changed. True when it became done just now:
// fulfilled, and every hook that was triggered has ended (rules 10, 17 and 51).
bool settle_item(Pass& pass, Frame& frame, uint32_t call, uint32_t item);

// Steps or tasks that declare so go on after a failure (rule 10).
bool continues_on(const json::object& definition, Phase phase);

// Why nothing starts any more: "Stopped with strategy 'Stop'", or that the deadline has passed.
std::string closing_message(const Pass& pass);

// A node that was still pending when its timeout had passed; a group of steps says the same.
inline constexpr std::string_view kTimedOut = "timeout";

// template.failFast of the frame's own template (rule 11).
inline constexpr std::string_view kFailedFast =
    "template has failed or errored children and failFast enabled";

}  // namespace slipway::workflow
