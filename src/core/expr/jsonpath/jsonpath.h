// kubectl's JSONPath templates: "{.status.phase}", "{.items[*].metadata.name}", filters, ranges.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace slipway::expr {

Result<std::string> render_jsonpath(std::string_view source, const json::value& value);

}  // namespace slipway::expr
