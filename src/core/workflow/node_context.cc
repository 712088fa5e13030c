#include "core/workflow/node_context.h"

#include <fmt/format.h>

namespace slipway::workflow {

Result<NodeContext> node_context(const Run& run, const NodeId& id, const World& world) {
  const Node* node = run.find_node(id);
  if (node == nullptr) {
    return Error{
        ErrorCode::kNotFound, fmt::format("workflow {} has no node {}", run.name(), id.value), {}};
  }
  TRY_ASSIGN(Resolved resolved, resolve_node(run, *node, world));
  TRY_ASSIGN(json::object spec, resolved_spec(run, *resolved.globals));
  PlanContext plan{.templ = std::move(resolved.templ),
                   .spec = std::move(spec),
                   .node = *node,
                   .scope = *resolved.scope,
                   .catalog = world.catalog,
                   .settings = world.settings,
                   .now = world.now,
                   .workflow_uid = run.uid(),
                   .ns = run.ns(),
                   .workflow_name = run.name(),
                   .pod_name = pod_name(run.name(), node->template_name, node->name)};
  return NodeContext{std::move(resolved), std::move(plan)};
}

}  // namespace slipway::workflow
