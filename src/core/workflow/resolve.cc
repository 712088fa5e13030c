#include "core/workflow/resolve.h"

#include <fmt/format.h>

#include "core/expr/golang/golang.h"
#include "core/workflow/globals.h"
#include "core/workflow/inputs.h"
#include "core/workflow/lookup.h"
#include "core/workflow/run_index.h"

namespace slipway::workflow {

Result<Resolved> resolve_node(const Run& run, const Node& node, const World& world) {
  const Draft draft(run);
  Resolved resolved;
  // A pass knows them already; only after a restart are they collected for a plan.
  const expr::Scope* known = run.index().is_ahead() ? nullptr : run.index().globals.get();
  resolved.globals = std::make_unique<expr::Scope>(known);
  if (known == nullptr) TRY(set_globals(*resolved.globals, draft, world.catalog));
  set_duration(*resolved.globals, draft, world.now);
  if (node.on_exit || node.hooked) {
    const Node* entry = draft.find_name(run.name());
    set_exit_globals(*resolved.globals, draft, entry != nullptr ? entry->phase : Phase::kNone);
  }
  resolved.scope = std::make_unique<expr::Scope>(resolved.globals.get());
  set_place(*resolved.scope, place_of(draft, node));
  TRY_ASSIGN(const FoundTemplate found, find_template(draft, world.catalog, node));
  Arguments arguments = arguments_of({{"arguments", node.inputs}});
  TRY_ASSIGN(json::object filled,
             fill_inputs(*found.body, arguments, world.catalog, run.ns(), *resolved.scope));
  TRY_ASSIGN(resolved.templ,
             paste_inputs(std::move(filled), *resolved.scope, node.untrusted_inputs));
  return resolved;
}

std::optional<Time> retry_deadline(const Run& run, const Node& node, const World& world) {
  const size_t open = node.name.rfind('(');
  if (!node.retried || open == node.name.npos) return std::nullopt;
  const Draft draft(run);
  const Node* first = draft.find_name(node.name.substr(0, open) + "(0)");
  if (first == nullptr) return std::nullopt;
  const auto resolved = resolve_node(run, node, world);
  if (!resolved.ok()) return std::nullopt;
  const json::value* longest =
      find_path(resolved->templ, {"retryStrategy", "backoff", "maxDuration"});
  if (longest == nullptr) return std::nullopt;
  const auto duration = expr::parse_argo_duration(any_string(*longest));
  if (!duration.ok() || duration->ns == 0) return std::nullopt;
  return first->started_at + *duration;
}

Result<json::object> resolved_spec(const Run& run, const expr::Scope& globals) {
  json::object spec;
  for (const auto& member : run.effective_spec()) {
    if (member.key() != "templates") spec[member.key()] = member.value();
  }
  TRY_ASSIGN(json::value pasted, expr::substitute(json::value(std::move(spec)), globals));
  return std::move(pasted.get_object());
}

}  // namespace slipway::workflow
