#include "core/pod/token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "base/json.h"

namespace slipway::pod {
namespace {

constexpr std::string_view kIssuer = "slipway";
constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";

// RFC 7515: the URL's alphabet, without padding.
std::string to_base64url(std::string_view bytes) {
  std::string text = encode_base64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.erase(std::ranges::find(text, '='), text.end());
  return text;
}

Result<std::string> from_base64url(std::string_view from) {
  std::string text(from);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  text.resize((text.size() + 3) / 4 * 4, '=');
  return decode_base64(text);
}

std::string signature_of(std::string_view text, std::string_view key) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data(), &size);
  return to_base64url({reinterpret_cast<const char*>(bytes.data()), size});
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

json::object claims_of(const Identity& identity, std::string_view audience, Time now) {
  return {{"aud", json::array{audience}},
          {"iat", now.to_seconds()},
          {"iss", kIssuer},
          {"kubernetes.io",
           {{"namespace", identity.ns},
            {"pod", {{"name", identity.pod_name}, {"uid", identity.pod.value}}},
            {"serviceaccount", {{"name", identity.service_account}}}}},
          {"slipway.dev", {{"workflow", identity.workflow.value}, {"node", identity.node.value}}},
          {"sub", identity.user()}};
}

bool is_for(const json::object& claims, std::string_view audience) {
  return std::ranges::any_of(list_of(claims, "aud"), [&](const json::value& one) {
    return one.is_string() && view(one.get_string()) == audience;
  });
}

}  // namespace

std::string sign_token(const Identity& identity, std::string_view audience, std::string_view key,
                       Time now) {
  const std::string text =
      to_base64url(kHeader) + "." + to_base64url(print_json(claims_of(identity, audience, now)));
  return text + "." + signature_of(text, key);
}

Result<Identity> read_token(std::string_view token, std::string_view audience,
                            std::string_view key) {
  const Error refused{ErrorCode::kUnauthorized, "the token is not one of this server's", ""};
  const size_t last = token.rfind('.'), first = token.find('.');
  if (last == token.npos || first == last) return refused;
  if (!same(token.substr(last + 1), signature_of(token.substr(0, last), key))) return refused;
  const auto text = from_base64url(token.substr(first + 1, last - first - 1));
  const auto parsed = text.ok() ? parse_json(*text) : text.error();
  if (!parsed.ok() || !parsed->is_object()) return refused;
  const json::object& claims = parsed->get_object();
  if (!is_for(claims, audience)) {
    return Error{ErrorCode::kUnauthorized, "the token is for another audience", ""};
  }
  const json::object& kubernetes = object_of(claims, "kubernetes.io");
  const json::object& pod = object_of(kubernetes, "pod");
  const json::object& own = object_of(claims, "slipway.dev");
  return Identity{get_string(kubernetes, "namespace"),
                  get_string(object_of(kubernetes, "serviceaccount"), "name"),
                  get_string(pod, "name"),
                  PodId(get_string(pod, "uid")),
                  WorkflowUid(get_string(own, "workflow")),
                  NodeId(get_string(own, "node"))};
}

}  // namespace slipway::pod
