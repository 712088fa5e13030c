#include <fmt/format.h>

#include "core/expr/golang/golang.h"
#include "core/expr/golang/rune.h"

namespace slipway::expr {

std::string go_quote(std::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    const Rune rune = decode_rune(text.substr(i));
    if (!rune.valid) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text[i]));
      ++i;
      continue;
    }
    out += quote_rune(rune.code, '"');
    i += rune.length;
  }
  return out + '"';
}

std::string quote_rune(char32_t code, char delimiter) {
  switch (code) {
    case '\a':
      return "\\a";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\v':
      return "\\v";
    case '\\':
      return "\\\\";
    default:
      break;
  }
  if (code == static_cast<char32_t>(delimiter)) return std::string("\\") + delimiter;
  if (is_printable(code)) return encode_rune(code);
  if (code < 0x80) return fmt::format("\\x{:02x}", static_cast<uint32_t>(code));
  if (code < 0x10000) return fmt::format("\\u{:04x}", static_cast<uint32_t>(code));
  return fmt::format("\\U{:08x}", static_cast<uint32_t>(code));
}

}  // namespace slipway::expr
