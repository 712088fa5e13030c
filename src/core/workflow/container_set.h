// The Container nodes below the pod of a containerSet (spec a2; rules 2, 5 and 6).
#pragma once

#include <string_view>

#include "core/workflow/pass.h"

namespace slipway::workflow {

void create_container_nodes(Pass& pass, const Node& pod, const json::object& body);

// Their phases as the pod tells them; once it is over none is left open.
void report_container_nodes(Pass& pass, const NodeId& pod, const pod::PodReport& report);

// The pod will not run: neither will they. No-op for other pods.
void fail_container_nodes(Pass& pass, const NodeId& pod, std::string_view message);

}  // namespace slipway::workflow
