#include <fmt/format.h>

#include "core/expr/golang/rune.h"
#include "core/expr/gotemplate/function.h"

namespace slipway::expr::gotemplate {

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "&#34;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\0':
        out += "\xef\xbf\xbd";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string escape_js(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Rune rune = decode_rune(text);
    const char c = text.front();
    const std::string_view bytes = text.substr(0, rune.length);
    text.remove_prefix(rune.length);
    if (c == '\\' || c == '\'' || c == '"') {
      out += std::string("\\") + c;
    } else if (c == '<' || c == '>' || c == '&' || c == '=') {
      out += fmt::format("\\u{:04X}", static_cast<int>(c));
    } else if (rune.code < 0x20) {
      out += fmt::format("\\u{:04X}", static_cast<uint32_t>(rune.code));
    } else if (rune.code < 0x80 || is_printable(rune.code)) {
      out += bytes;
    } else {
      out += fmt::format("\\u{:04X}", static_cast<uint32_t>(rune.code));
    }
  }
  return out;
}

std::string escape_query(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace slipway::expr::gotemplate
