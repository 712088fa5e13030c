#include "adapter/s3/encryption.h"

#include <argon2.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

#include "base/assert.h"
#include "base/base64.h"

namespace slipway::adapter {
namespace {

constexpr uint32_t kPasses = 1, kMemoryKib = 64 * 1024, kLanes = 4;
constexpr size_t kKeyBytes = 32;

std::string md5(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_md5(), nullptr);
  SLIPWAY_ASSERT(done == 1);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace

Result<std::string> customer_key(std::string_view password, std::string_view bucket,
                                 std::string_view key) {
  const std::string salt = fmt::format("{}{}", bucket, key);
  std::string made(kKeyBytes, '\0');
  const int failed =
      argon2id_hash_raw(kPasses, kMemoryKib, kLanes, password.data(), password.size(), salt.data(),
                        salt.size(), made.data(), made.size());
  if (failed == ARGON2_OK) return made;
  return Error{ErrorCode::kInvalid,
               fmt::format("s3: no key can be made of serverSideCustomerKeySecret for {}/{}: {}",
                           bucket, key, argon2_error_message(failed))};
}

Result<S3Pairs> decryption_headers(const S3Place& place, std::string_view key) {
  if (place.encryption.customer_password.empty()) return S3Pairs{};
  TRY_ASSIGN(const std::string bytes,
             customer_key(place.encryption.customer_password, place.bucket, key));
  return S3Pairs{{"x-amz-server-side-encryption-customer-algorithm", "AES256"},
                 {"x-amz-server-side-encryption-customer-key", encode_base64(bytes)},
                 {"x-amz-server-side-encryption-customer-key-md5", encode_base64(md5(bytes))}};
}

Result<S3Pairs> encryption_headers(const S3Place& place, std::string_view key) {
  const S3Encryption& wanted = place.encryption;
  if (!wanted.enabled) return S3Pairs{};
  if (!wanted.customer_password.empty()) return decryption_headers(place, key);
  if (wanted.kms_key_id.empty()) return S3Pairs{{"x-amz-server-side-encryption", "AES256"}};
  S3Pairs headers = {{"x-amz-server-side-encryption", "aws:kms"},
                     {"x-amz-server-side-encryption-aws-kms-key-id", wanted.kms_key_id}};
  if (!wanted.kms_context.empty()) {
    headers.emplace_back("x-amz-server-side-encryption-context", encode_base64(wanted.kms_context));
  }
  return headers;
}

}  // namespace slipway::adapter
