// The tokens of a filter. A string is several: its opening quote, texts, `\(` … `)`, closing quote.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace slipway::expr::jq {

enum class Mark : uint8_t {
  kEnd,
  kName,      // text; keywords too, and a::b
  kField,     // .name: text is the name
  kVariable,  // $name: text is the name
  kNumber,    // text
  kFormat,    // @name: text with the @
  kSymbol,    // text: an operator or a bracket
  kOpenQuote,
  kText,      // value: a piece of a string, unescaped
  kOpenHole,  // \( inside a string
  kCloseQuote,
  kInvalid,  // value: what is wrong
};

struct Token {
  Mark mark = Mark::kEnd;
  std::string_view text;  // in the source, as errors name it
  std::string value;
  size_t line = 1;
};

// Always ends with kEnd or kInvalid. Borrows `source`.
std::vector<Token> tokenize(std::string_view source);

bool is_keyword(std::string_view name);

}  // namespace slipway::expr::jq
