#include "adapter/archive/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/assert.h"

namespace slipway::adapter {

struct Sha256::State {
  State() : context(EVP_MD_CTX_new()) {
    SLIPWAY_ASSERT(context != nullptr);
    SLIPWAY_ASSERT(EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1);
  }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  EVP_MD_CTX* context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(const void* data, size_t size) { EVP_DigestUpdate(state_->context, data, size); }

std::string Sha256::hex() {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(state_->context, bytes, &size);
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes[i]);
  return text;
}

std::string sha256_hex(std::string_view content) {
  Sha256 sha;
  sha.add(content.data(), content.size());
  return sha.hex();
}

std::string base64(std::string_view content) {
  std::string text(4 * ((content.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(content.data()),
                                   static_cast<int>(content.size()));
  text.resize(static_cast<size_t>(size));
  return text;
}

}  // namespace slipway::adapter
