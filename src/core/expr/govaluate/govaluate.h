// govaluate (github.com/Knetic/govaluate, Argo's fork): the language of `when` and of a sensor's
// expression filters.
#pragma once

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace slipway::expr {

// A step's or task's `when` after substitution: barewords are strings, numbers compare as floats
// (spec rule 19). kInvalid with the text Argo shows when it does not parse or is not a boolean.
Result<bool> evaluate_when(std::string_view expression);

// With named parameters and no bareword rule (sensor `exprs`, cron `when`): an unknown name is
// kNotFound.
Result<json::value> evaluate_govaluate(std::string_view expression, const json::object& parameters);

}  // namespace slipway::expr
