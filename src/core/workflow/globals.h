// The names under workflow.* (spec a13 and rules 48, 74, 80).
#pragma once

#include <set>
#include <string>

#include "core/expr/tag/scope.h"
#include "core/manifest/catalog.h"
#include "core/workflow/draft.h"

namespace slipway::workflow {

// Annotation of a workflow: a JSON list of the dotted names whose values came from outside.
inline constexpr std::string_view kAnnotationUntrusted = "slipway.dev/untrusted";

// Numbers and booleans become text, as Argo's AnyString does.
std::string any_string(const json::value& value);

// Sets every global that does not change while the workflow runs, and the outputs so far. Error
// when an argument has neither value nor valueFrom, or its ConfigMap is missing without a default.
Status set_globals(expr::Scope& scope, const Draft& draft, const manifest::Catalog& catalog);

// One global output parameter or artifact, also while the pass goes on (rule 77).
void set_global_output(expr::Scope& scope, const std::string& name, const json::value& value);

void set_duration(expr::Scope& scope, const Draft& draft, Time now);

// workflow.status and workflow.failures: for hooks and exit handlers only.
void set_exit_globals(expr::Scope& scope, const Draft& draft, Phase entry_phase);
void set_workflow_status(expr::Scope& scope, Phase entry_phase);

// A parameter's valueFrom.configMapKeyRef; kNotFound when it is missing.
Result<std::string> config_map_parameter(const json::object& reference,
                                         const manifest::Catalog& catalog, std::string_view ns,
                                         const expr::Scope& scope);

}  // namespace slipway::workflow
