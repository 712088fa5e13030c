#include "base/base64.h"

#include <array>
#include <cstdint>

namespace slipway {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> make_reverse() {
  std::array<int8_t, 256> table{};
  for (auto& entry : table) entry = -1;
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int8_t>(i);
  }
  return table;
}

constexpr std::array<int8_t, 256> kReverse = make_reverse();

Error invalid(std::string message) { return {ErrorCode::kInvalid, std::move(message), {}}; }

}  // namespace

std::string encode_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += k <= count ? kAlphabet[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

Result<std::string> decode_base64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t group = 0;
  size_t letters = 0, padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const int8_t digit = kReverse[static_cast<unsigned char>(c)];
    if (digit < 0) return invalid("not base64: a character outside its alphabet");
    if (padding > 0) return invalid("not base64: text after the padding");
    group = group << 6 | static_cast<uint32_t>(digit);
    if (++letters % 4 == 0) {
      bytes += static_cast<char>(group >> 16);
      bytes += static_cast<char>(group >> 8);
      bytes += static_cast<char>(group);
      group = 0;
    }
  }
  const size_t rest = letters % 4;
  if (rest == 1 || padding != (4 - rest) % 4) return invalid("not base64: it is cut off");
  if (rest >= 2) bytes += static_cast<char>(rest == 2 ? group >> 4 : group >> 10);
  if (rest == 3) bytes += static_cast<char>(group >> 2);
  return bytes;
}

}  // namespace slipway
