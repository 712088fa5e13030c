// The lexer of expr-lang.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace slipway::expr::lang {

struct Token {
  enum class Kind { kIdentifier, kNumber, kString, kOperator, kBracket, kEnd } kind = Kind::kEnd;
  std::string text;  // of a string: what it means, without quotes and escapes
  uint32_t at = 0;   // byte offset in the source

  bool is(Kind k, std::string_view t) const { return kind == k && text == t; }
  bool is_operator(std::string_view t) const { return is(Kind::kOperator, t); }
  bool is_bracket(std::string_view t) const { return is(Kind::kBracket, t); }
};

// Always ends with a kEnd token. Word operators (and, not, in, matches, let, ...) are kOperator.
Result<std::vector<Token>> tokenize(std::string_view source);

// As expr-lang shows a token in its messages: Operator("+"), EOF.
std::string describe(const Token& token);

// "what (line:column)", the line, and a caret under the column; columns count runes from 1.
Error error_at(ErrorCode code, std::string_view source, size_t at, std::string_view what);

}  // namespace slipway::expr::lang
