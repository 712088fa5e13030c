#include "core/workflow/request_http.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/base64.h"
#include "core/task/task.h"

namespace slipway::workflow {
namespace {

constexpr int64_t kLongestTimeoutSeconds = 3600;

constexpr std::string_view kIdempotencyHeader = "Idempotency-Key";

bool names_header(const PlannedRequest& request, std::string_view name) {
  const auto same = [](char a, char b) { return (a | 32) == (b | 32); };
  return std::any_of(request.headers.begin(), request.headers.end(), [&](const auto& header) {
    return std::equal(header.first.begin(), header.first.end(), name.begin(), name.end(), same);
  });
}

Error invalid(std::string message) { return {ErrorCode::kInvalid, std::move(message), "http"}; }

bool fits_in_header(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

Result<std::pair<std::string, std::string>> header(const json::object& from,
                                                   const manifest::Catalog& catalog,
                                                   std::string_view ns) {
  std::string name = get_string(from, "name");
  std::string value = get_string(from, "value");
  if (const json::value* reference = find_path(from, {"valueFrom", "secretKeyRef"});
      reference != nullptr && reference->is_object()) {
    const json::object& secret = reference->get_object();
    TRY_ASSIGN(value,
               catalog.secret_value(ns, get_string(secret, "name"), get_string(secret, "key")));
    while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
  }
  if (name.empty() || name.find(':') != name.npos || !fits_in_header(name)) {
    return invalid(fmt::format("\"{}\" can not be the name of a header", name));
  }
  if (!fits_in_header(value)) {
    return invalid(fmt::format("the value of header {} holds a line break", name));
  }
  return std::pair(std::move(name), std::move(value));
}

Result<std::string> body_of(const json::object& http) {
  if (const json::value* bytes = find_path(http, {"bodyFrom", "bytes"})) {
    if (!bytes->is_string()) return invalid("bodyFrom.bytes must be base64 text");
    return decode_base64(view(bytes->get_string()));
  }
  return get_string(http, "body");
}

}  // namespace

Result<PlannedRequest> build_http_request(const json::object& http,
                                          const manifest::Catalog& catalog, std::string_view ns,
                                          const std::string& idempotency_key) {
  PlannedRequest request;
  request.method = get_string(http, "method", "GET");
  request.url = get_string(http, "url");
  if (request.url.empty()) return invalid("url is required");
  const bool word = std::all_of(request.method.begin(), request.method.end(),
                                [](char c) { return c >= 'A' && c <= 'Z'; });
  if (request.method.empty() || !word) {
    return invalid(fmt::format("\"{}\" is not an HTTP method", request.method));
  }
  if (const json::array* headers = find_array(http, "headers")) {
    for (const json::value& item : *headers) {
      if (!item.is_object()) continue;
      TRY_ASSIGN(auto pair, header(item.get_object(), catalog, ns));
      request.headers.push_back(std::move(pair));
    }
  }
  const bool repeatable = request.method != "POST" && request.method != "PATCH";
  if (!repeatable && !names_header(request, kIdempotencyHeader)) {
    request.headers.emplace_back(kIdempotencyHeader, idempotency_key);
  }
  TRY_ASSIGN(request.body, body_of(http));
  const int64_t seconds = get_int(http, "timeoutSeconds", 30);
  if (seconds < 1 || seconds > kLongestTimeoutSeconds) {
    return invalid(
        fmt::format("timeoutSeconds {} is not between 1 and {}", seconds, kLongestTimeoutSeconds));
  }
  request.timeout = Duration::seconds(seconds);
  request.insecure_skip_verify = get_bool(http, "insecureSkipVerify");
  return request;
}

Result<PlannedRequest> build_plugin_request(const json::object& plugin,
                                            const manifest::Catalog& catalog, std::string_view ns,
                                            const std::string& idempotency_key) {
  if (plugin.size() != 1) {
    return Error{ErrorCode::kInvalid, "plugin must have exactly one member, the plugin's name", {}};
  }
  static const json::object kNone;
  const std::string_view name = plugin.begin()->key();
  const json::value& given = plugin.begin()->value();
  if (!given.is_object() && !given.is_null()) {
    return Error{
        ErrorCode::kInvalid, fmt::format("plugin {}: its arguments must be an object", name), {}};
  }
  const auto secret = [&](std::string_view secret_name, std::string_view key) {
    return catalog.secret_value(ns, secret_name, key);
  };
  TRY_ASSIGN(task::TaskRequest task,
             task::build_task(name, given.is_object() ? given.get_object() : kNone, secret,
                              idempotency_key));
  PlannedRequest request;
  request.method = std::move(task.method);
  request.url = std::move(task.url);
  request.headers = std::move(task.headers);
  request.body = std::move(task.body);
  request.timeout = task.timeout;
  request.nothing_to_do = std::move(task.nothing_to_do);
  return request;
}

}  // namespace slipway::workflow
