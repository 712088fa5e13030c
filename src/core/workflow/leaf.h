// Nodes that do work themselves: pods, suspends, HTTP requests, plugins.
#pragma once

#include "core/workflow/pass.h"

namespace slipway::workflow {

// `node` is prepared (its type and inputs set); it is created or changed into a waiting one. `body`
// is the resolved template, `written` the same with its tags.
void start_leaf(Pass& pass, Node node, const json::object& body, const json::object& written,
                const expr::Scope& scope);

// Timers and maps of a stored leaf that is not done.
void attach_leaf(Pass& pass, const Node& node);

// What the world told (pod_node.cc, request_node.cc).
void take_report(Pass& pass, const pod::PodReport& report);
void take_response(Pass& pass, const RequestResult& result);
// Also after the workflow has ended: only that the pod is gone matters then.
void take_late_report(Pass& pass, const pod::PodReport& report);

// Asks a node's pod to end; with it the node will say `message`. Nodes that never began end now.
void stop_leaf(Pass& pass, const NodeId& id, std::string_view message);

// A running suspend node goes on (suspend.cc). When a supplied output is missing it says so, and
// goes on waiting if it was resumed by hand; otherwise it is an Error.
void resume_suspended(Pass& pass, const NodeId& id, std::string_view message, bool by_hand);

void take_timer(Pass& pass, const Timers::Key& timer);

// The node has completed: its outputs are made known to the workflow (output.cc).
void publish_global_outputs(Pass& pass, const json::object& outputs);

// A template's declared outputs of a steps or dag frame, from its scope (rule 45).
Result<json::object> template_outputs(Pass& pass, const Frame& frame);

}  // namespace slipway::workflow
