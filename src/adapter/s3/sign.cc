#include "adapter/s3/sign.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <map>

#include "adapter/archive/digest.h"
#include "base/assert.h"

namespace slipway::adapter {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string hmac(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  const unsigned char* made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  SLIPWAY_ASSERT(made != nullptr);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

// "2015-08-30T12:36:00Z" without what separates: 20150830T123600Z.
std::string basic_form(Time now) {
  std::string text = format_rfc3339(Time::from_seconds(now.ns / 1'000'000'000));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::string lower(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return made;
}

// Without spaces around it, and with one where several stood.
std::string trimmed(std::string_view value) {
  std::string made;
  for (const char c : value) {
    if (c == ' ' && (made.empty() || made.back() == ' ')) continue;
    made += c;
  }
  if (made.ends_with(' ')) made.pop_back();
  return made;
}

// By name; the values of one name joined in their order.
std::map<std::string, std::string> canonical_headers(const S3Pairs& headers) {
  std::map<std::string, std::string> canonical;
  for (const auto& [name, value] : headers) {
    const auto [at, inserted] = canonical.try_emplace(lower(name), trimmed(value));
    if (!inserted) at->second += "," + trimmed(value);
  }
  return canonical;
}

}  // namespace

std::string encode_uri(std::string_view text, bool keep_slash) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || (c == '/' && keep_slash);
    if (plain) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", byte);
    }
  }
  return encoded;
}

std::string encode_query(const S3Pairs& query) {
  S3Pairs encoded;
  for (const auto& [name, value] : query) {
    encoded.emplace_back(encode_uri(name, false), encode_uri(value, false));
  }
  std::sort(encoded.begin(), encoded.end());
  std::string text;
  for (const auto& [name, value] : encoded) {
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
  }
  return text;
}

S3Pairs sign(const S3Unsigned& request, const S3Credentials& credentials,
             const S3SigningScope& scope, Time now) {
  const std::string stamp = basic_form(now);
  const std::string day = stamp.substr(0, 8);
  S3Pairs added = {{"x-amz-date", stamp}};
  if (!credentials.session_token.empty()) {
    added.emplace_back("x-amz-security-token", credentials.session_token);
  }
  S3Pairs all = request.headers;
  all.insert(all.end(), added.begin(), added.end());
  std::string lines, names;
  for (const auto& [name, value] : canonical_headers(all)) {
    lines += fmt::format("{}:{}\n", name, value);
    names += (names.empty() ? "" : ";") + name;
  }
  const std::string canonical =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, encode_uri(request.path, true),
                  encode_query(request.query), lines, names, request.payload_sha256);
  const std::string where = fmt::format("{}/{}/{}/aws4_request", day, scope.region, scope.service);
  const std::string to_sign =
      fmt::format("{}\n{}\n{}\n{}", kAlgorithm, stamp, where, sha256_hex(canonical));
  std::string key = "AWS4" + credentials.secret_key;
  for (const std::string_view part :
       {std::string_view(day), std::string_view(scope.region), std::string_view(scope.service),
        std::string_view("aws4_request")}) {
    key = hmac(key, part);
  }
  added.emplace_back("Authorization",
                     fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                                 credentials.access_key, where, names, hex(hmac(key, to_sign))));
  return added;
}

}  // namespace slipway::adapter
