// Arguments into a template's inputs, and the template's own names (spec rules 40, 43, 44, 75).
#pragma once

#include <string>
#include <vector>

#include "core/expr/tag/scope.h"
#include "core/manifest/catalog.h"
#include "core/workflow/draft.h"

namespace slipway::workflow {

// What a step, task or hook hands over, resolved.
struct Arguments {
  json::array parameters, artifacts;
  std::vector<std::string> untrusted;  // names of parameters whose text came from outside
};

Arguments arguments_of(const json::object& holder);  // its `arguments`

// The names of a place: what is known of a node before its inputs are.
struct Place {
  std::string node_name, pod_name;  // pod_name empty: not a pod
  std::string caller;               // "steps" or "tasks"; empty at the top
  std::string caller_name;          // of the step or task
  std::optional<int> retries;       // of an attempt
  std::string last_exit_code = "0", last_status, last_duration = "0", last_message;
};
Place place_of(const Draft& draft, const Node& node);
void set_place(expr::Scope& scope, const Place& place);

// Whether an artifact says where it comes from: a place of its own, or another artifact.
bool has_location(const json::object& artifact);

// Marks an argument parameter that refers to what a skipped step did not put out (rule 46).
inline constexpr std::string_view kAbsent = "absentOptional";

// `templ` with every input filled from `arguments` (default < value < argument). Error as Argo's
// "inputs.parameters.x was not supplied".
Result<json::object> fill_inputs(const json::object& templ, const Arguments& arguments,
                                 const manifest::Catalog& catalog, std::string_view ns,
                                 const expr::Scope& scope);

// Sets inputs.* and outputs.*.path of a filled template; `untrusted` names input parameters.
void set_inputs(expr::Scope& scope, const json::object& templ,
                const std::vector<std::string>& untrusted);

// Both passes of rule 40: globals and place first, then inputs, which are set in `scope`.
Result<json::object> paste_inputs(json::object filled, expr::Scope& scope,
                                  const std::vector<std::string>& untrusted);

// The member {parameters: [...]} or {artifacts: [...]} named `name`; nullptr when absent.
const json::object* find_named(const json::object& holder, std::string_view list,
                               std::string_view name);

}  // namespace slipway::workflow
