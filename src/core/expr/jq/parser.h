// Text to tree. Grammar: grammar.md beside this file.
#pragma once

#include <string_view>

#include "core/expr/jq/tree.h"

namespace slipway::expr::jq {

// kInvalid with gojq's words: a syntax error first, a name that is not defined otherwise.
Result<Tree> parse(std::string_view source);

// The functions that are written in jq (prelude.cc); parsed once.
const Function* find_prelude(std::string_view name, size_t arguments);
std::vector<std::string> prelude_names();  // "map/1", …

}  // namespace slipway::expr::jq
