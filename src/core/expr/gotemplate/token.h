// Text and actions of a Go template. Private to this folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace slipway::expr::gotemplate {

enum class Kind {
  kText,      // between actions, trimmed
  kOpen,      // {{
  kClose,     // }}
  kWord,      // identifier or keyword
  kField,     // .name, without the dot
  kVariable,  // $name or $
  kDot,
  kNumber,
  kString,  // value, unquoted
  kChar,    // its rune's number, as text
  kPipe,
  kLeft,
  kRight,
  kComma,
  kAssign,   // =
  kDeclare,  // :=
};

struct Token {
  Kind kind = Kind::kText;
  std::string text;
  int line = 1;
  bool spaced = false;  // blank before it: ".a .b" is two operands, ".a.b" one
};

Result<std::vector<Token>> tokenize(std::string_view source);

Error template_error(int line, std::string message, ErrorCode code = ErrorCode::kInvalid);

}  // namespace slipway::expr::gotemplate
