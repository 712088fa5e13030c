#include "base/base64.h"
#include "core/sensor/trigger.h"

namespace slipway::sensor {
namespace {

constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

void set_header(CallHttp& call, const std::string& name, std::string value) {
  for (auto& [existing, text] : call.headers) {
    if (existing == name) return void(text = std::move(value));
  }
  call.headers.emplace_back(name, std::move(value));
}

Result<std::string> secret(const Firework& work, const json::object& selector) {
  TRY_ASSIGN(std::string text,
             work.catalog.secret_value(work.sensor.key().ns, get_string(selector, "name"),
                                       get_string(selector, "key")));
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

Status add_secure(CallHttp& call, const json::array& headers, const Firework& work) {
  for (const json::value& item : headers) {
    const json::object* header = item.if_object();
    const json::object* from = header != nullptr ? find_object(*header, "valueFrom") : nullptr;
    if (from == nullptr) return Error{ErrorCode::kInvalid, "secureHeaders needs valueFrom"};
    const std::string name = get_string(*header, "name");
    if (const json::object* selector = find_object(*from, "secretKeyRef")) {
      TRY_ASSIGN(std::string value, secret(work, *selector));
      set_header(call, name, std::move(value));
    } else if (const json::object* map = find_object(*from, "configMapKeyRef")) {
      TRY_ASSIGN(std::string value,
                 work.catalog.config_map_value(work.sensor.key().ns, get_string(*map, "name"),
                                               get_string(*map, "key")));
      set_header(call, name, std::move(value));
    } else {
      return Error{ErrorCode::kInvalid,
                   "secure header " + name + " needs secretKeyRef or configMapKeyRef"};
    }
  }
  return {};
}

Status add_dynamic(CallHttp& call, const json::array& headers, const Firework& work) {
  for (const json::value& item : headers) {
    const json::object* header = item.if_object();
    const json::object* source = header != nullptr ? find_object(*header, "src") : nullptr;
    if (source == nullptr) return Error{ErrorCode::kInvalid, "dynamicHeaders needs src"};
    TRY_ASSIGN(std::optional<Resolved> value, resolve(*source, work));
    if (value) set_header(call, get_string(*header, "dest"), std::move(value->text));
  }
  return {};
}

Status add_basic(CallHttp& call, const json::object& auth, const Firework& work) {
  std::string user, password;
  if (const json::object* selector = find_object(auth, "username")) {
    TRY_ASSIGN(user, secret(work, *selector));
  }
  if (const json::object* selector = find_object(auth, "password")) {
    TRY_ASSIGN(password, secret(work, *selector));
  }
  set_header(call, "Authorization", "Basic " + encode_base64(user + ":" + password));
  return {};
}

// A line break in a header would start another one.
Status check_headers(const CallHttp& call) {
  for (const auto& [name, value] : call.headers) {
    if (name.empty() || name.find_first_of("\r\n: ") != std::string::npos ||
        value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return Error{ErrorCode::kInvalid,
                   "header \"" + shorten(name) + "\" has a character that headers can not hold"};
    }
  }
  return {};
}

}  // namespace

Result<Action> build_http(const json::object& config, const json::object* policy,
                          const Firework& work) {
  json::value edited = config;
  std::set<std::string> untrusted;
  TRY(apply_parameters(find_array(config, "parameters"), work, edited, untrusted));
  if (!edited.is_object()) return Error{ErrorCode::kInvalid, "the http trigger is no object"};
  const json::object& http = edited.get_object();
  if (find_object(http, "tls") != nullptr) {
    return Error{ErrorCode::kUnsupported, "http.tls of triggers is not supported yet"};
  }

  CallHttp call;
  call.method = get_string(http, "method", "POST");
  call.url = get_string(http, "url");
  if (std::ranges::find(kMethods, call.method) == std::end(kMethods)) {
    return Error{ErrorCode::kInvalid,
                 "http method " + call.method + " is not one of GET, POST, PUT, PATCH, DELETE"};
  }
  if (!call.url.starts_with("http://") && !call.url.starts_with("https://")) {
    return Error{ErrorCode::kInvalid, "http.url must start with http:// or https://"};
  }
  if (const int64_t timeout = get_int(http, "timeout"); timeout > 0) {
    call.timeout = Duration::seconds(std::min<int64_t>(timeout, 86'400));
  }
  TRY_ASSIGN(call.body, build_payload(find_array(http, "payload"), work));
  if (const json::object* headers = find_object(http, "headers")) {
    for (const auto& header : *headers)
      set_header(call, header.key(), get_string(*headers, header.key()));
  }
  if (const json::array* headers = find_array(http, "dynamicHeaders")) {
    TRY(add_dynamic(call, *headers, work));
  }
  if (const json::array* headers = find_array(http, "secureHeaders")) {
    TRY(add_secure(call, *headers, work));
  }
  if (const json::object* auth = find_object(http, "basicAuth")) TRY(add_basic(call, *auth, work));
  TRY(check_headers(call));
  const json::object* status = policy != nullptr ? find_object(*policy, "status") : nullptr;
  const json::array* allowed = status != nullptr ? find_array(*status, "allow") : nullptr;
  for (const json::value& code : allowed != nullptr ? *allowed : json::array()) {
    if (code.is_int64()) call.allowed_status.push_back(static_cast<int>(code.get_int64()));
  }
  return Action(std::move(call));
}

}  // namespace slipway::sensor
