// The template that a node runs, found and filled in: used by the pass when the node starts, and
// again whenever its pod or request is planned. Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/expr/tag/scope.h"
#include "core/expr/tag/tag.h"
#include "core/workflow/advance.h"
#include "core/workflow/draft.h"

namespace slipway::workflow {

struct Resolved {
  json::object templ;  // defaults merged, inputs filled, every known tag replaced
  // scope's parent is globals, whose own parent is the run's index: used before its next pass.
  std::unique_ptr<expr::Scope> globals, scope;
  expr::TagReport report;
};

// Of a node that exists: its template by templateName/templateRef/templateScope (or inline), its
// inputs as stored, and the names of its place (pod.name, retries, lastRetry.* ...).
Result<Resolved> resolve_node(const Run& run, const Node& node, const World& world);

// When the attempts of the retry node above `node` must end: start of the first one plus
// retryStrategy.backoff.maxDuration. nullopt when there is none.
std::optional<Time> retry_deadline(const Run& run, const Node& node, const World& world);

// The run's effective spec without its templates, with the names of `globals` pasted in as far as
// they are known (rule 80).
Result<json::object> resolved_spec(const Run& run, const expr::Scope& globals);

}  // namespace slipway::workflow
