#include "core/pod/codec.h"

#include <fmt/format.h>

namespace slipway::pod {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// Length of the well-formed UTF-8 sequence at the front of `text`; 0 when there is none.
size_t utf8_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool outside = (first == 0xed && byte(1) > 0x9f) || (first == 0xf4 && byte(1) > 0x8f);
  return overlong || outside ? 0 : length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

json::value encode_text(std::string_view text) {
  if (is_utf8(text)) return json::value(text);
  std::string hex;
  hex.reserve(text.size() * 2);
  for (const char c : text) {
    hex += kHexDigits[static_cast<unsigned char>(c) >> 4];
    hex += kHexDigits[static_cast<unsigned char>(c) & 15];
  }
  return json::object{{"hex", hex}};
}

Result<std::string> decode_text(const json::value& value, std::string_view key) {
  if (value.is_string()) return str(value.get_string());
  const json::string* hex = value.is_object() ? find_string(value.get_object(), "hex") : nullptr;
  if (hex == nullptr || hex->size() % 2 != 0) return wrong_member(key, "text");
  std::string bytes;
  bytes.reserve(hex->size() / 2);
  for (size_t i = 0; i < hex->size(); i += 2) {
    const size_t high = kHexDigits.find((*hex)[i]);
    const size_t low = kHexDigits.find((*hex)[i + 1]);
    if (high == kHexDigits.npos || low == kHexDigits.npos) return wrong_member(key, "hex digits");
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

Error wrong_member(std::string_view key, std::string_view expected) {
  return {ErrorCode::kInvalid, fmt::format("member \"{}\" is not {}", key, expected), {}};
}

}  // namespace slipway::pod
