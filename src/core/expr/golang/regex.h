// Go's regular expressions are RE2; this bounds what compiling one may cost.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string_view>

#include "base/result.h"

namespace slipway::expr {

// kInvalid with RE2's own text.
Result<std::shared_ptr<const RE2>> compile_regex(std::string_view pattern);

// Fuel that using a pattern once, which is not compiled yet, is worth.
inline constexpr size_t kRegexFuel = 1'000;

}  // namespace slipway::expr
