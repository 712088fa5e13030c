#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "core/intake/intake.h"

namespace slipway::intake {
namespace {

const EVP_MD* digest_of(std::string_view algorithm) {
  if (algorithm == "sha256") return EVP_sha256();
  if (algorithm == "sha1") return EVP_sha1();
  if (algorithm == "sha512") return EVP_sha512();
  return nullptr;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string out;
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

}  // namespace

bool signature_matches(std::string_view secret, std::string_view body, std::string_view signature) {
  const size_t equals = signature.find('=');
  if (equals == std::string_view::npos) return false;
  const EVP_MD* digest = digest_of(signature.substr(0, equals));
  if (digest == nullptr) return false;
  const std::optional<std::string> given = from_hex(signature.substr(equals + 1));
  if (!given) return false;

  std::array<unsigned char, EVP_MAX_MD_SIZE> expected{};
  unsigned int size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(body.data());
  if (HMAC(digest, secret.data(), static_cast<int>(secret.size()), bytes, body.size(),
           expected.data(), &size) == nullptr) {
    return false;
  }
  return given->size() == size && CRYPTO_memcmp(given->data(), expected.data(), size) == 0;
}

}  // namespace slipway::intake
