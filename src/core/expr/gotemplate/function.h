// Functions that templates call: Go's own, then sprig's. Private to this folder.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace slipway::expr::gotemplate {

// A value or a part of one that something else keeps alive.
using Ref = std::shared_ptr<const json::value>;
using Arguments = std::span<const Ref>;

inline Ref own(json::value value) { return std::make_shared<const json::value>(std::move(value)); }

bool is_function(std::string_view name);

// All but `and` and `or`, which the executor evaluates itself. Errors are worded as Go's.
Result<Ref> call(std::string_view name, Arguments arguments, Time now);

// Go's idea of truth: not zero, not empty.
bool is_true(const json::value& value);
// What an action prints; null is "<no value>".
std::string print(const json::value& value);
// "string", "float64", "map[string]interface {}": for error texts and %T.
std::string_view type_name(const json::value& value);

Result<bool> compare(std::string_view name, Arguments arguments);  // eq ne lt le gt ge
std::string sprint(Arguments arguments, bool line);                // print, println
Result<std::string> sprintf(Arguments arguments);                  // printf
std::string escape_html(std::string_view text);
std::string escape_js(std::string_view text);
std::string escape_query(std::string_view text);

// No text that a template makes may be larger.
inline constexpr size_t kOutputBytes = 8u << 20;

}  // namespace slipway::expr::gotemplate
