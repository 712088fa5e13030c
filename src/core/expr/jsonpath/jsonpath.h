// kubectl's JSONPath templates: "{.status.phase}", "{.items[*].metadata.name}", filters, ranges.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace slipway::expr {

// A key that is not there renders as nothing, as kubectl does by default.
Result<std::string> render_jsonpath(std::string_view source, const json::value& value);

// One path without braces, "$.a[0].b": what the jsonpath() function of expressions gives. A path
// that can only name one value gives it (kNotFound when it is not there); one with a wildcard,
// slice, union, filter or ".." gives a list. Filters know == != < <= > >= =~ && || ! and ().
Result<json::value> query_jsonpath(std::string_view path, const json::value& value);

}  // namespace slipway::expr
