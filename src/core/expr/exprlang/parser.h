// The parser of expr-lang: source to tree. grammar.md has the grammar.
#pragma once

#include <string_view>

#include "base/result.h"
#include "core/expr/exprlang/ast.h"

namespace slipway::expr::lang {

// kInvalid with expr-lang's text and position; kLimit beyond kExpressionDepth levels of nesting.
Result<NodePtr> parse(std::string_view source);

}  // namespace slipway::expr::lang
