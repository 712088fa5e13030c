// The context in which a node of a run is planned, together with what it refers to. Pure.
#pragma once

#include "core/workflow/plan_context.h"
#include "core/workflow/resolve.h"

namespace slipway::workflow {

struct NodeContext {
  Resolved resolved;  // its scopes; its template has moved into `plan`
  PlanContext plan;
};

// kNotFound when the run has no such node; else as resolve_node. Good until the run's next pass.
Result<NodeContext> node_context(const Run& run, const NodeId& id, const World& world);

}  // namespace slipway::workflow
