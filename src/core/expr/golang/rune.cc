#include "core/expr/golang/rune.h"

#include "base/utf8.h"

namespace slipway::expr {
namespace {

bool is_even_upper_pair(char32_t c) {  // upper case at even codes, lower at the next
  return (c >= 0x100 && c <= 0x137) || (c >= 0x14a && c <= 0x177) || (c >= 0x460 && c <= 0x481) ||
         (c >= 0x48a && c <= 0x4bf) || (c >= 0x4d0 && c <= 0x52f) || (c >= 0x1e00 && c <= 0x1e95) ||
         (c >= 0x1ea0 && c <= 0x1eff);
}

bool is_odd_upper_pair(char32_t c) {
  return (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e) || (c >= 0x4c1 && c <= 0x4ce);
}

template <class Convert>
std::string convert(std::string_view text, Convert&& change) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const Rune rune = decode_rune(text.substr(i));
    if (rune.length == 1 && rune.valid) {
      out += static_cast<char>(change(rune.code));
    } else {
      out += encode_rune(change(rune.code));
    }
    i += rune.length;
  }
  return out;
}

}  // namespace

Rune decode_rune(std::string_view text) {
  const size_t length = utf8_length(text);
  if (length == 0) return {};
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (length == 1) return {byte(0), 1, true};
  char32_t code = byte(0) & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) code = (code << 6) | (byte(i) & 0x3fu);
  return {code, length, true};
}

std::string encode_rune(char32_t code) {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) code = 0xfffd;
  std::string out;
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3f)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    tail(12), tail(6), tail(0);
  }
  return out;
}

std::vector<char32_t> to_runes(std::string_view text) {
  std::vector<char32_t> runes;
  runes.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const Rune rune = decode_rune(text.substr(i));
    runes.push_back(rune.code);
    i += rune.length;
  }
  return runes;
}

size_t count_runes(std::string_view text) {
  size_t count = 0;
  for (size_t i = 0; i < text.size(); ++count) i += decode_rune(text.substr(i)).length;
  return count;
}

bool is_printable(char32_t c) {
  if (c < 0x7f) return c >= 0x20;
  if (c < 0xa1 || c == 0xad) return false;
  if (c == 0x1680 || (c >= 0x2000 && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f)) return false;
  if (c >= 0x205f && c <= 0x206f) return false;
  if (c == 0x3000 || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb)) return false;
  if (c >= 0xd800 && c <= 0xf8ff) return false;  // surrogates, private use
  if ((c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef)) return false;
  return c < 0xe0000;
}

bool is_space(char32_t c) {
  return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

char32_t to_upper(char32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
  if (c == 0xb5) return 0x39c;
  if (c == 0xff) return 0x178;
  if (c >= 0xe0 && c <= 0xfe && c != 0xf7) return c - 32;
  if (c == 0x131 || c == 0x138 || c == 0x149) return c == 0x131 ? 'I' : c;
  if (is_even_upper_pair(c)) return c & ~char32_t{1};
  if (is_odd_upper_pair(c)) return c % 2 == 0 ? c - 1 : c;
  if (c == 0x17f) return 'S';
  if (c == 0x3c2) return 0x3a3;
  if (c >= 0x3b1 && c <= 0x3cb) return c - 32;
  if (c >= 0x430 && c <= 0x44f) return c - 32;
  if (c >= 0x450 && c <= 0x45f) return c - 80;
  return c;
}

char32_t to_lower(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if (c >= 0xc0 && c <= 0xde && c != 0xd7) return c + 32;
  if (c == 0x130 || c == 0x138) return c == 0x130 ? 'i' : c;
  if (c == 0x178) return 0xff;
  if (is_even_upper_pair(c)) return c | char32_t{1};
  if (is_odd_upper_pair(c)) return c % 2 == 1 ? c + 1 : c;
  if (c >= 0x391 && c <= 0x3ab && c != 0x3a2) return c + 32;
  if (c >= 0x410 && c <= 0x42f) return c + 32;
  if (c >= 0x400 && c <= 0x40f) return c + 80;
  return c;
}

std::string to_upper(std::string_view text) {
  return convert(text, [](char32_t c) { return to_upper(c); });
}

std::string to_lower(std::string_view text) {
  return convert(text, [](char32_t c) { return to_lower(c); });
}

std::string_view trim_space(std::string_view text) {
  while (!text.empty()) {
    const Rune rune = decode_rune(text);
    if (!is_space(rune.code)) break;
    text.remove_prefix(rune.length);
  }
  while (!text.empty()) {
    size_t length = 1;  // step back over continuation bytes
    while (length < text.size() && length < 4 && (text[text.size() - length] & 0xc0) == 0x80) {
      ++length;
    }
    const Rune rune = decode_rune(text.substr(text.size() - length));
    if (rune.length != length || !is_space(rune.code)) break;
    text.remove_suffix(length);
  }
  return text;
}

}  // namespace slipway::expr
