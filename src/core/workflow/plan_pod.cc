#include "core/workflow/plan_pod.h"

#include <fmt/format.h>

#include "core/workflow/draft.h"
#include "core/workflow/lookup.h"
#include "core/workflow/node_context.h"
#include "core/workflow/plan_build.h"
#include "core/workflow/plan_result.h"
#include "core/workflow/resolve.h"
#include "core/workflow/run_index.h"

namespace slipway::workflow {
namespace {

void add_texts(const json::object& holder, std::string_view key,
               std::map<std::string, std::string>& to) {
  for (const auto& member : object_of(holder, key)) {
    to[std::string(member.key())] = scalar_text(member.value());
  }
}

std::map<std::string, std::string> labels_of(const json::object& spec, const json::object& templ,
                                             const std::string& workflow_name) {
  std::map<std::string, std::string> labels;
  add_texts(object_of(spec, "podMetadata"), "labels", labels);
  add_texts(object_of(templ, "metadata"), "labels", labels);
  labels["workflows.argoproj.io/workflow"] = workflow_name;
  labels["workflows.argoproj.io/completed"] = "false";
  return labels;
}

void add_metadata(PlanContext& context) {
  for (const json::object* metadata :
       {&object_of(context.spec, "podMetadata"), &object_of(context.templ, "metadata")}) {
    add_texts(*metadata, "annotations", context.annotations);
  }
  context.labels = labels_of(context.spec, context.templ, context.workflow_name);
  context.annotations["workflows.argoproj.io/node-id"] = context.node.id.value;
  context.annotations["workflows.argoproj.io/node-name"] = context.node.name;
}

// Told once for a template and not for each of its pods: reading it all costs what it is long.
const std::set<std::string>& result_names(const Run& run, const FoundTemplate& found) {
  auto& known = run.index().result_names;
  const auto [entry, fresh] = known.try_emplace(found.body);
  if (fresh) entry->second = result_references(*found.body);
  return entry->second;
}

// Whether the template around the node asks for its outputs.result (spec rule 26).
bool result_is_wanted(const Run& run, const Node& node, const World& world) {
  const Node* boundary = run.find_node(node.boundary_id);
  if (boundary == nullptr) return false;
  const Draft draft(run);
  const auto around = find_template(draft, world.catalog, *boundary);
  if (!around.ok()) return true;
  const std::string name = step_name(node.name, boundary->name);
  if (around->name.empty()) return refers_to_result(*around->body, name);  // inline: made anew
  return result_names(run, *around).contains(name);
}

}  // namespace

Result<std::map<std::string, std::string>> pod_labels(const Run& run, const Node& node,
                                                      const World& world) {
  TRY_ASSIGN(const Resolved resolved, resolve_node(run, node, world));
  TRY_ASSIGN(const json::object spec, resolved_spec(run, *resolved.globals));
  return labels_of(spec, resolved.templ, run.name());
}

Result<pod::PodPlan> plan_pod(const Run& run, const NodeId& id, const World& world) {
  TRY_ASSIGN(NodeContext planned, node_context(run, id, world));
  PlanContext& context = planned.plan;
  context.retry_deadline = retry_deadline(run, context.node, world);
  context.capture_result = result_is_wanted(run, context.node, world);
  add_metadata(context);
  return build_plan(context);
}

}  // namespace slipway::workflow
