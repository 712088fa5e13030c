// Numbers and booleans as Go's strconv and fmt read and print them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace slipway::expr {

// strconv.ParseFloat(text, 64), less hexadecimal and underscores; nullopt where Go gives an error.
std::optional<double> parse_go_float(std::string_view text);
// strconv.ParseBool: 1 t T TRUE true True 0 f F FALSE false False.
std::optional<bool> parse_go_bool(std::string_view text);

// strconv.FormatFloat(number, 'f', -1, 64): shortest digits, never an exponent.
std::string format_go_fixed(double number);
// fmt's %v: shortest digits, with an exponent below 1e-4 and from 1e6 on (1.234567e+06).
std::string format_go_float(double number);
// fmt's %v of a decoded JSON value: <nil>, [a b], map[k:v] with sorted keys.
std::string format_go_value(const json::value& value);

}  // namespace slipway::expr
