// Artifacts that a step or task hands on (spec rules 44 and 46).
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "core/expr/tag/scope.h"
#include "core/workflow/pass.h"

namespace slipway::workflow {

// Replaces `from` and `fromExpression` in arguments.artifacts by the artifacts that they mean. One
// that is optional and does not exist is left out. What a skipped step would have put out has a
// name and no place, as in Argo; of a skipped task it does not exist.
Status resolve_artifacts(const Pass& pass, const Frame& frame, json::object& arguments,
                         const expr::Scope& scope);

}  // namespace slipway::workflow
