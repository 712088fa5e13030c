#include "adapter/http/self_signed.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

namespace slipway::adapter {
namespace {

constexpr long kLifeSeconds = 10L * 365 * 86'400;
constexpr long kClockSkewSeconds = 86'400;
constexpr long kMonthSeconds = 30L * 86'400;

template <auto free>
struct Free {
  template <class T>
  void operator()(T* one) const {
    free(one);
  }
};
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free_all>>;

Error openssl_error(const std::string& what) {
  std::array<char, 256> words{};
  ERR_error_string_n(ERR_get_error(), words.data(), words.size());
  return {ErrorCode::kIo, what + ": " + words.data(), ""};
}

std::string alternatives(const std::vector<std::string>& names,
                         const std::vector<std::string>& addresses) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "DNS:" : ",DNS:") + name;
  for (const std::string& address : addresses) text += (text.empty() ? "IP:" : ",IP:") + address;
  return text;
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  std::array<unsigned char, 8> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) return false;
  uint64_t number = 0;
  for (const unsigned char byte : bytes) number = number << 8 | byte;
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), number >> 1 | 1) == 1;
}

bool fill(X509* certificate, EVP_PKEY* key, const std::string& common_name,
          const std::string& alternatives) {
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.data());
  return X509_set_version(certificate, 2) == 1 && set_serial(certificate) &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -kClockSkewSeconds) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), kLifeSeconds) != nullptr &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text,
                                    static_cast<int>(common_name.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         add_extension(certificate, NID_subject_alt_name, alternatives) &&
         // It is its own authority, which some clients want said.
         add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature,keyCertSign") &&
         add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

std::string text_of(BIO* memory) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  return {text, static_cast<size_t>(size)};
}

}  // namespace

Result<TlsPair> make_self_signed(const std::vector<std::string>& names,
                                 const std::vector<std::string>& addresses) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  const Memory certificate_pem(BIO_new(BIO_s_mem())), key_pem(BIO_new(BIO_s_mem()));
  const std::string common_name = names.empty() ? "slipway" : names[0];
  if (!key || !certificate || !certificate_pem || !key_pem ||
      !fill(certificate.get(), key.get(), common_name, alternatives(names, addresses)) ||
      PEM_write_bio_X509(certificate_pem.get(), certificate.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    return openssl_error("cannot make a certificate");
  }
  return TlsPair{text_of(certificate_pem.get()), text_of(key_pem.get())};
}

bool is_certificate_for(const std::string& certificate_pem, const std::string& address) {
  const Memory memory(
      BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
  const Certificate certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  if (!certificate) return ERR_clear_error(), false;
  time_t soon = time(nullptr) + kMonthSeconds;
  return X509_cmp_time(X509_get0_notAfter(certificate.get()), &soon) > 0 &&
         X509_check_ip_asc(certificate.get(), address.c_str(), 0) == 1;
}

}  // namespace slipway::adapter
