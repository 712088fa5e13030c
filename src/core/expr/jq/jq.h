// jq filters, as gojq (which Argo uses) understands them: transforms of sensors, jqFilter of
// resource templates. grammar.md beside this file has the language and what differs.
#pragma once

#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace slipway::expr {

// Every output of the filter, in order; at most `limit` of them. kInvalid with gojq's own message;
// kLimit for a filter that takes too many steps, nests or recurses too deep, or makes too much
// (core/expr/jq/budget.h): the same filter on the same input always ends the same way. Sees nothing
// but its input: no clock, environment, files or modules.
Result<std::vector<json::value>> run_jq(std::string_view filter, const json::value& input,
                                        size_t limit = 1000);

}  // namespace slipway::expr
