#include "adapter/blob/http_token.h"

#include <fmt/format.h>

#include <map>

#include "adapter/blob/http_call.h"
#include "base/base64.h"

namespace slipway::adapter {
namespace {

// Sorted by key, as Go encodes url.Values.
using Form = std::multimap<std::string, std::string>;

// application/x-www-form-urlencoded.
std::string escaped(std::string_view text) {
  static constexpr std::string_view kUnreserved = "-_.~";
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || kUnreserved.find(c) != std::string_view::npos) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string encode(const Form& form) {
  std::string out;
  for (const auto& [key, value] : form) {
    out += fmt::format("{}{}={}", out.empty() ? "" : "&", escaped(key), escaped(value));
  }
  return out;
}

// grant_type may be replaced and nothing else, as in Go's clientcredentials.
Result<Form> form_of(const json::object& oauth2) {
  Form form{{"grant_type", "client_credentials"}};
  std::string scopes;
  for (const json::value& scope : list_of(oauth2, "scopes")) {
    if (scope.is_string()) scopes += (scopes.empty() ? "" : " ") + str(scope.get_string());
  }
  if (!scopes.empty()) form.emplace("scope", scopes);
  Form more;
  for (const json::value& item : list_of(oauth2, "endpointParams")) {
    const json::object* parameter = item.if_object();
    if (parameter == nullptr) continue;
    const std::string key = get_string(*parameter, "key");
    if (key == "scope" && form.contains(key)) {
      return Error{ErrorCode::kInvalid,
                   "auth.oauth2: endpointParams can not replace scope; name it in scopes"};
    }
    if (key == "grant_type") form.erase(key);
    more.emplace(key, get_string(*parameter, "value"));
  }
  form.merge(more);
  return form;
}

// The scheme's name as it is written in the header, whatever the endpoint's case.
std::string scheme_of(const std::string& token_type) {
  std::string lower;
  for (const char c : token_type) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  if (lower.empty() || lower == "bearer") return "Bearer";
  if (lower == "mac") return "MAC";
  if (lower == "basic") return "Basic";
  return token_type;
}

Result<std::string> authorization_in(const std::string& url, const std::string& answer) {
  const auto parsed = parse_json(answer);
  const json::object* token = parsed.ok() ? parsed->if_object() : nullptr;
  if (token == nullptr) {
    return Error{ErrorCode::kInvalid, fmt::format("{} did not answer with JSON", url)};
  }
  if (const std::string code = get_string(*token, "error"); !code.empty()) {
    const std::string why = get_string(*token, "error_description");
    return Error{ErrorCode::kUnauthorized,
                 fmt::format("{} answered {}{}{}", url, code, why.empty() ? "" : ": ", why)};
  }
  const std::string access = get_string(*token, "access_token");
  if (access.empty()) {
    return Error{ErrorCode::kInvalid, fmt::format("{} answered without an access_token", url)};
  }
  return scheme_of(get_string(*token, "token_type")) + " " + access;
}

Result<std::string> ask(const std::string& url, const Form& form, const std::string& basic) {
  std::vector<pod::EnvVar> headers{{"Content-Type", "application/x-www-form-urlencoded"}};
  if (!basic.empty()) headers.push_back({"Authorization", "Basic " + encode_base64(basic)});
  TRY_ASSIGN(const std::string answer, HttpCall(url, headers).post(encode(form)));
  return authorization_in(url, answer);
}

}  // namespace

Result<std::string> fetch_authorization(const json::object& oauth2) {
  const std::string id = get_string(oauth2, "clientIDSecret");
  const std::string secret = get_string(oauth2, "clientSecretSecret");
  const std::string url = get_string(oauth2, "tokenURLSecret");
  TRY_ASSIGN(Form form, form_of(oauth2));
  auto token = ask(url, form, escaped(id) + ":" + escaped(secret));
  if (!token.ok()) {
    const auto set = [&](const char* name, const std::string& value) {
      form.erase(name);
      if (!value.empty()) form.emplace(name, value);
    };
    set("client_id", id);
    set("client_secret", secret);
    token = ask(url, form, "");
  }
  if (token.ok()) return token;
  Error error = token.error();
  error.message = "no token for auth.oauth2: " + error.message;
  return error;
}

}  // namespace slipway::adapter
