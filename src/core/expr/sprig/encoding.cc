#include <fmt/format.h>
#include <openssl/sha.h>

#include "base/base64.h"
#include "core/expr/sprig/function.h"

namespace slipway::expr::sprig {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

Answer b64enc(Args a) { return json::value(encode_base64(view_of(a[0]))); }

Answer b64dec(Args a) {
  const auto decoded = decode_base64(view_of(a[0]));
  if (!decoded.ok()) return invalid("illegal base64 data");
  return json::value(*decoded);
}

Answer b32enc(Args a) {
  std::string out;
  uint64_t bits = 0;
  int count = 0;
  for (const char c : view_of(a[0])) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (count += 8; count >= 5; count -= 5) out += kBase32[(bits >> (count - 5)) & 31];
    bits &= 0xff;
  }
  if (count > 0) out += kBase32[(bits << (5 - count)) & 31];
  while (out.size() % 8 != 0) out += '=';
  return json::value(out);
}

Answer b32dec(Args a) {
  std::string_view text = view_of(a[0]);
  if (text.size() % 8 != 0) return invalid("illegal base32 data");
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  uint64_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const size_t digit = kBase32.find(c);
    if (digit == kBase32.npos) return invalid("illegal base32 data");
    bits = ((bits << 5) | digit) & 0xfff;
    count += 5;
    if (count >= 8) {
      out += static_cast<char>(bits >> (count - 8));
      count -= 8;
    }
  }
  return json::value(out);
}

template <size_t N, class Hash>
Answer hexadecimal(const json::value& text, Hash&& hash) {
  unsigned char digest[N];
  const std::string_view bytes = view_of(text);
  hash(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  std::string out;
  for (const unsigned char byte : digest) out += fmt::format("{:02x}", byte);
  return json::value(out);
}

Answer sha1sum(Args a) { return hexadecimal<SHA_DIGEST_LENGTH>(a[0], SHA1); }
Answer sha256sum(Args a) { return hexadecimal<SHA256_DIGEST_LENGTH>(a[0], SHA256); }
Answer sha512sum(Args a) { return hexadecimal<SHA512_DIGEST_LENGTH>(a[0], SHA512); }

Answer adler32sum(Args a) {
  uint32_t low = 1;
  uint32_t high = 0;
  for (const char c : view_of(a[0])) {
    low = (low + static_cast<unsigned char>(c)) % 65'521;
    high = (high + low) % 65'521;
  }
  return json::value(std::to_string((high << 16) | low));
}

constexpr Function kTable[] = {
    {"adler32sum", 1, 1, "s", adler32sum}, {"b32dec", 1, 1, "s", b32dec},
    {"b32enc", 1, 1, "s", b32enc},         {"b64dec", 1, 1, "s", b64dec},
    {"b64enc", 1, 1, "s", b64enc},         {"sha1sum", 1, 1, "s", sha1sum},
    {"sha256sum", 1, 1, "s", sha256sum},   {"sha512sum", 1, 1, "s", sha512sum},
};

}  // namespace

std::span<const Function> encoding_functions() { return kTable; }

}  // namespace slipway::expr::sprig
