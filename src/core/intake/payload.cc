#include <map>

#include "core/expr/golang/golang.h"
#include "core/intake/provider.h"

namespace slipway::intake {

namespace {

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return {};
}

Outcome refuse(int status, std::string message) {
  Outcome outcome;
  outcome.refusal = {status, std::move(message)};
  return outcome;
}

json::object header_map(const Request& request) {
  std::map<std::string, json::array> sorted;
  for (const auto& [name, value] : request.headers) {
    const std::string canonical = expr::canonical_header(name);
    if (canonical == "Host") continue;
    if (canonical == "Authorization") {
      sorted[canonical] = {"*** Masked Auth Secret ***"};
    } else {
      sorted[canonical].emplace_back(value);
    }
  }
  json::object out;
  for (auto& [name, values] : sorted) out[name] = std::move(values);
  return out;
}

json::value wrap(std::string_view headers_key, const Request& request, json::value body,
                 const json::object& config) {
  json::object out(body.storage());
  out[headers_key] = header_map(request);
  out["body"] = std::move(body);
  const json::object* metadata = find_object(config, "metadata");
  if (metadata != nullptr && !metadata->empty()) out["metadata"] = *metadata;
  return out;
}

Result<std::string> secret_text(const Source& source, const json::object& selector) {
  TRY_ASSIGN(std::string text, source.catalog.secret_value(source.ns, get_string(selector, "name"),
                                                           get_string(selector, "key")));
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace slipway::intake
