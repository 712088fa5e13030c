// govaluate's tree and its values. Private to this folder.
#pragma once

#include <memory>

#include "core/expr/govaluate/token.h"

namespace slipway::expr::govaluate {

// A literal or name (kind of its token), an operator, or nothing (an operand that is missing, which
// is nil). `left` is null for prefixes.
struct Node {
  Token token;
  bool operation = false;
  std::unique_ptr<Node> left, right;
};

Result<std::unique_ptr<Node>> plan(const std::vector<Token>& tokens);

}  // namespace slipway::expr::govaluate
