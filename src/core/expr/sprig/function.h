// One sprig function, and reading its arguments as Go's cast and sprig's strval do.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "core/expr/golang/regex.h"

namespace slipway::expr::sprig {

using Args = std::span<const json::value>;
using Answer = Result<json::value>;

struct Function {
  std::string_view name;
  size_t least, most;  // arguments
  // For each argument: 's' must be a string, 'l' a list, 'd' a dict, '.' anything; the last letter
  // counts for all that follow.
  std::string_view kinds;
  Answer (*call)(Args);
  Answer (*search)(Args, Regexes&) = nullptr;  // instead, for what has a pattern
};

inline constexpr size_t kMany = 10'000;

std::span<const Function> text_functions();
std::span<const Function> word_functions();
std::span<const Function> regex_functions();
std::span<const Function> number_functions();
std::span<const Function> list_functions();
std::span<const Function> dict_functions();
std::span<const Function> date_functions();
std::span<const Function> value_functions();
std::span<const Function> encoding_functions();
std::span<const Function> path_functions();
std::span<const Function> semver_functions();

// fmt's %v: nil is <nil>, maps are map[k:v] in key order.
std::string text_of(const json::value& value);
// What does not read as a number is 0.
int64_t int_of(const json::value& value);
double float_of(const json::value& value);
std::string_view view_of(const json::value& text);  // of a string
// Go's zero values: "", 0, false, nil, empty list or dict.
bool is_empty(const json::value& value);
bool same(const json::value& a, const json::value& b);  // reflect.DeepEqual, ints apart from floats

Error invalid(std::string_view what);
Error too_large();

}  // namespace slipway::expr::sprig
