// jq filters through libjq, without input, env or modules.
#pragma once

#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace slipway::expr {

// Every output of the filter, in order; at most `limit` of them. kInvalid with jq's own message.
Result<std::vector<json::value>> run_jq(std::string_view filter, const json::value& input,
                                        size_t limit = 1000);

}  // namespace slipway::expr
