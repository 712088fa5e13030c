// From a step or task as written to its items: `when`, references, loops (spec rules 19 to 23, 39
// and 46).
#pragma once

#include <string>
#include <vector>

#include "core/workflow/pass.h"

namespace slipway::workflow {

// Fills call.items (and call.expanded). An item with `skip_message` is not to run, one with `error`
// can not. An Error is one that ends the group or the task itself, as Argo's expandStep does.
Status expand_call(Pass& pass, Frame& frame, Call& call);

// The values of a loop (loop.cc); nullopt when `definition` has none. `tainted` is set when the
// list came from outside.
Result<std::optional<std::vector<json::value>>> loop_items(const json::object& definition);

// "(0:text)" (rule 2).
std::string item_suffix(size_t index, const json::value& item);

// Sets item and item.* (rule 23).
void set_item(expr::Scope& scope, const json::value& item, bool untrusted);

// Whether `when` lets it run; the substituted text is left in `text`.
Result<bool> should_run(std::string_view when, const expr::Scope& scope, std::optional<Time> now,
                        std::string& text);

// Parameters that are nil go, references to artifacts are replaced by what they mean (rules 44 and
// 46); then everything else is pasted. `strict`: every unknown tag is an error (rule 21);
// otherwise only an expression that fails although it knows all its names (rule 41).
Result<json::object> resolve_definition(Pass& pass, const Frame& frame,
                                        const json::object& definition, const expr::Scope& scope,
                                        bool strict);

// Names of the argument parameters of `definition` that paste an untrusted value of `scope`.
std::vector<std::string> untrusted_arguments(const json::object& definition,
                                             const expr::Scope& scope);
bool pastes_untrusted(std::string_view text, const expr::Scope& scope);

}  // namespace slipway::workflow
