// What a workflow's spec really says once the template it refers to and the server's defaults are
// under it. Pure.
#pragma once

#include <string_view>

#include "core/manifest/catalog.h"
#include "core/workflow/advance.h"

namespace slipway::workflow {

// The workflow's spec over that of its workflowTemplateRef (when it has one) over the server's
// `workflow_defaults.spec`, as a strategic merge (spec rule 53): arguments by name, where one that
// brings a value replaces the other whole (an artifact always does, but its place in the same kind
// of store is completed from the other's); hooks by key; `suspend` is the workflow's alone. With a
// workflowTemplateRef the result is what status.storedWorkflowTemplateSpec holds. kNotFound when
// the template does not exist (the workflow's phase is then Error, rule 71).
Result<json::object> effective_spec(const json::object& workflow_spec,
                                    const manifest::Catalog& catalog, std::string_view ns,
                                    const Settings& settings);

// One template over spec.templateDefaults (rule 55). Defaults for another type of template than
// this one's are left out.
Result<json::object> with_template_defaults(const json::object& templ, const json::object& spec);

// Arguments of `over` laid on those of `under`, as effective_spec does it.
json::object merge_arguments(const json::object& under, const json::object& over);

}  // namespace slipway::workflow
