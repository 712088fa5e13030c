// Whether anybody reads a step's outputs.result (spec rule 26).
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/json.h"

namespace slipway::workflow {

// "hello[1].print(0:a)(2)" inside "hello" → "print".
std::string step_name(std::string_view node_name, std::string_view boundary_name);

// The names of all steps and tasks whose outputs.result a steps or dag template refers to.
std::set<std::string> result_references(const json::object& templ);

// Whether the text of a steps or dag template refers to steps.NAME.outputs.result or
// tasks.NAME.outputs.result, also as ['NAME'] or ["NAME"].
bool refers_to_result(const json::object& templ, std::string_view name);

}  // namespace slipway::workflow
