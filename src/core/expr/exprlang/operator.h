// The binary operators and how tightly they bind.
#pragma once

#include <string_view>

#include "core/expr/exprlang/ast.h"
#include "core/expr/exprlang/token.h"

namespace slipway::expr::lang {

struct BinaryOperator {
  std::string_view text;
  int precedence;
  Op op;
  Binary binary = Binary::kAdd;
};

// nullptr: the token is not a binary operator.
const BinaryOperator* find_binary(const Token& token);

bool is_comparison(std::string_view op);

// Whether `not` may stand before the operator: x not in y.
bool may_be_negated(std::string_view op);

}  // namespace slipway::expr::lang
