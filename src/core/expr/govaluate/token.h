// govaluate's tokens and what may follow what. Private to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace slipway::expr::govaluate {

enum class Kind {
  kStart,
  kPrefix,
  kNumeric,
  kBoolean,
  kString,
  kPattern,
  kTime,
  kVariable,
  kSeparator,
  kComparator,
  kLogical,
  kModifier,
  kClause,
  kClauseClose,
  kTernary,
};
std::string_view to_string(Kind kind);  // "CLAUSE_CLOSE", as error texts name it

struct Token {
  Kind kind = Kind::kStart;
  std::string text;  // operator, name, string or pattern
  double number = 0;
  bool boolean = false;
};

// Text to tokens; parentheses are balanced in number.
Result<std::vector<Token>> tokenize(std::string_view expression);

// Whether each token may follow the one before it, and the last may be last.
Status check_order(const std::vector<Token>& tokens);

// fmt's %v of a value: floats shortest, <nil>, [a b], map[k:v].
std::string print_value(const json::value& value);

// Evaluates checked tokens; a name that `parameters` lacks is kNotFound.
Result<json::value> evaluate(const std::vector<Token>& tokens, const json::object& parameters);

}  // namespace slipway::expr::govaluate
