// The arithmetic operators, and numbers in texts.
#pragma once

#include <optional>
#include <string_view>

#include "core/expr/jq/tree.h"

namespace slipway::expr::jq {

// Go's strings.Split: an empty separator splits between characters.
Result<Items> split_text(std::string_view text, std::string_view separator, Budget& budget);

// Takes `left` so that a container that nobody else holds grows in place.
Result<Value> apply(Binary binary, Value left, const Value& right, Budget& budget);
Result<Value> apply_sign(Binary sign, const Value& value);

// A number of the grammar: an integer when it fits, a float otherwise.
Value read_number(std::string_view text);
// The same for a whole text with an optional sign; nothing when it is no number.
std::optional<Value> parse_number(std::string_view text);

}  // namespace slipway::expr::jq
