// gjson paths (github.com/tidwall/gjson) for reading and sjson paths (tidwall/sjson) for writing:
// how sensors look into events and place parameters (spec events.md, b24, b25, b49).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace slipway::expr {

// nullopt when nothing is at the path. A JSON null is a value.
std::optional<json::value> gjson_get(const json::value& value, std::string_view path);

// gjson's String(): strings raw, numbers in shortest non-exponent form, objects and arrays as
// compact JSON with <, > and & escaped, null as "".
std::string gjson_string(const json::value& value);
double gjson_number(const json::value& value);
bool gjson_bool(const json::value& value);

// Sets `to` at `path`, creating what is missing. kInvalid for a path sjson refuses.
Status sjson_set(json::value& value, std::string_view path, json::value to);

}  // namespace slipway::expr
