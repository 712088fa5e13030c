#include "base/limit.h"
#include "core/expr/govaluate/tree.h"

namespace slipway::expr::govaluate {
namespace {

// Higher binds tighter; operators of one level group to the left.
int level_of(const Token& token) {
  const std::string& op = token.text;
  switch (token.kind) {
    case Kind::kSeparator:
      return 1;
    case Kind::kTernary:
      return 2;
    case Kind::kLogical:
      return op == "||" ? 3 : 4;
    case Kind::kComparator:
      return 5;
    case Kind::kModifier:
      if (op == "&" || op == "|" || op == "^") return 6;
      if (op == "<<" || op == ">>") return 7;
      if (op == "+" || op == "-") return 8;
      return op == "**" ? 10 : 9;
    default:
      return 0;
  }
}

class Planner {
 public:
  explicit Planner(const std::vector<Token>& tokens) : tokens_(tokens) {}

  Result<std::unique_ptr<Node>> run() {
    TRY_ASSIGN(std::unique_ptr<Node> root, binary(1, 0));
    if (next_ < tokens_.size()) {
      return Error{ErrorCode::kInvalid,
                   "Unexpected token '" + tokens_[next_].text + "' after a complete expression"};
    }
    return root;
  }

 private:
  Result<std::unique_ptr<Node>> binary(int level, size_t depth) {
    if (depth > limit::kExpressionDepth) {
      return Error{ErrorCode::kLimit, "the expression is nested deeper than " +
                                          std::to_string(limit::kExpressionDepth) + " levels"};
    }
    TRY_ASSIGN(std::unique_ptr<Node> left, operand(depth));
    while (next_ < tokens_.size() && level_of(tokens_[next_]) >= level) {
      if (++chain_ > kOperators) {
        return Error{ErrorCode::kLimit,
                     "the expression has more than " + std::to_string(kOperators) + " operators"};
      }
      auto node = std::make_unique<Node>();
      node->token = tokens_[next_++];
      node->operation = true;
      node->left = std::move(left);
      TRY_ASSIGN(node->right, binary(level_of(node->token) + 1, depth + 1));
      left = std::move(node);
    }
    return left;
  }

  Result<std::unique_ptr<Node>> operand(size_t depth) {
    auto node = std::make_unique<Node>();
    if (next_ == tokens_.size() || tokens_[next_].kind == Kind::kClauseClose) return node;
    const Token& token = tokens_[next_++];
    if (token.kind == Kind::kPrefix) {
      node->token = token;
      node->operation = true;
      TRY_ASSIGN(node->right, operand(depth + 1));
      return node;
    }
    if (token.kind == Kind::kClause) {
      TRY_ASSIGN(node, binary(1, depth + 1));
      if (next_ == tokens_.size() || tokens_[next_].kind != Kind::kClauseClose) {
        return Error{ErrorCode::kInvalid, "Unbalanced parenthesis"};
      }
      ++next_;
      return node;
    }
    node->token = token;
    return node;
  }

  // Left chains nest as deep as they are long; this bounds the walk over them.
  static constexpr size_t kOperators = 2000;

  const std::vector<Token>& tokens_;  // outlives the planner
  size_t next_ = 0;
  size_t chain_ = 0;
};

}  // namespace

Result<std::unique_ptr<Node>> plan(const std::vector<Token>& tokens) {
  return Planner(tokens).run();
}

}  // namespace slipway::expr::govaluate
