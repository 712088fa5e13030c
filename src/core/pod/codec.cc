#include "core/pod/codec.h"

#include <fmt/format.h>

#include "base/utf8.h"

namespace slipway::pod {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

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
