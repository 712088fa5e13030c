#include "core/expr/exprlang/operator.h"

#include <algorithm>

namespace slipway::expr::lang {
namespace {

constexpr BinaryOperator kBinary[] = {
    {"or", 10, Op::kOr},
    {"||", 10, Op::kOr},
    {"and", 15, Op::kAnd},
    {"&&", 15, Op::kAnd},
    {"==", 20, Op::kBinary, Binary::kEqual},
    {"!=", 20, Op::kBinary, Binary::kNotEqual},
    {"<", 20, Op::kBinary, Binary::kLess},
    {"<=", 20, Op::kBinary, Binary::kLessEqual},
    {">", 20, Op::kBinary, Binary::kGreater},
    {">=", 20, Op::kBinary, Binary::kGreaterEqual},
    {"in", 20, Op::kBinary, Binary::kIn},
    {"matches", 20, Op::kBinary, Binary::kMatches},
    {"contains", 20, Op::kBinary, Binary::kContains},
    {"startsWith", 20, Op::kBinary, Binary::kStartsWith},
    {"endsWith", 20, Op::kBinary, Binary::kEndsWith},
    {"..", 25, Op::kBinary, Binary::kRange},
    {"+", 30, Op::kBinary, Binary::kAdd},
    {"-", 30, Op::kBinary, Binary::kSubtract},
    {"*", 60, Op::kBinary, Binary::kMultiply},
    {"/", 60, Op::kBinary, Binary::kDivide},
    {"%", 60, Op::kBinary, Binary::kRemainder},
    {"**", 100, Op::kBinary, Binary::kPower},
    {"^", 100, Op::kBinary, Binary::kPower},
    {"??", 500, Op::kCoalesce},
};

}  // namespace

const BinaryOperator* find_binary(const Token& token) {
  if (token.kind != Token::Kind::kOperator) return nullptr;
  const auto* found = std::find_if(std::begin(kBinary), std::end(kBinary),
                                   [&](const auto& op) { return op.text == token.text; });
  return found != std::end(kBinary) ? found : nullptr;
}

bool is_comparison(std::string_view op) {
  return op == "==" || op == "!=" || op == "<" || op == "<=" || op == ">" || op == ">=";
}

bool may_be_negated(std::string_view op) {
  return op == "in" || op == "matches" || op == "contains" || op == "startsWith" ||
         op == "endsWith";
}

}  // namespace slipway::expr::lang
