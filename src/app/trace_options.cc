#include "app/trace_options.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "core/expr/golang/rune.h"
#include "core/view/trace.h"

namespace slipway::app {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned byte = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
    if (error != std::errc() || end != text.data() + i + 3) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

// "key=value,key=value" as W3C Baggage writes it.
Result<Pairs> read_pairs(const char* name, std::string_view text) {
  Pairs pairs;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view item = expr::trim_space(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (item.empty()) continue;
    const size_t equals = item.find('=');
    const auto value = equals != item.npos
                           ? percent_decoded(expr::trim_space(item.substr(equals + 1)))
                           : std::nullopt;
    if (!value || equals == 0) {
      return Error{ErrorCode::kInvalid,
                   fmt::format("'{}' is no key=value; write key=value,key=value with %XX for "
                               "special characters",
                               item),
                   name};
    }
    pairs.emplace_back(expr::trim_space(item.substr(0, equals)), *value);
  }
  return pairs;
}

std::string_view value_of(const Environment& get, const char* name) {
  const char* value = get(name);
  return value != nullptr ? value : "";
}

// The variable for traces alone goes before the general one.
const char* name_of(const Environment& get, const char* traces, const char* general) {
  return value_of(get, traces).empty() ? general : traces;
}

std::string url_of(const std::string& endpoint, const Environment& get) {
  if (value_of(get, "OTEL_SDK_DISABLED") == "true") return "";
  if (value_of(get, "OTEL_TRACES_EXPORTER") == "none") return "";
  const std::string_view own = value_of(get, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  if (endpoint.empty() && !own.empty()) return std::string(own);
  std::string base =
      endpoint.empty() ? std::string(value_of(get, "OTEL_EXPORTER_OTLP_ENDPOINT")) : endpoint;
  while (base.ends_with('/')) base.pop_back();
  return base.empty() ? base : base + "/v1/traces";
}

Result<json::array> resource_of(const Environment& get) {
  const char* name = "OTEL_RESOURCE_ATTRIBUTES";
  TRY_ASSIGN(const Pairs pairs, read_pairs(name, value_of(get, name)));
  std::string service(value_of(get, "OTEL_SERVICE_NAME"));
  json::array resource;
  for (const auto& [key, value] : pairs) {
    if (key == "service.name") {
      if (service.empty()) service = value;
    } else {
      resource.push_back(views::trace_attribute(key, value));
    }
  }
  resource.push_back(views::trace_attribute("service.name", service.empty() ? "slipway" : service));
  resource.push_back(views::trace_attribute("service.version", SLIPWAY_VERSION));
  return resource;
}

}  // namespace

Result<server::TraceOptions> trace_options(const std::string& endpoint, const Environment& get) {
  server::TraceOptions options;
  options.url = url_of(endpoint, get);
  if (options.url.empty()) return options;
  if (!options.url.starts_with("http://") && !options.url.starts_with("https://")) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("the OTLP endpoint '{}' is no http:// or https:// URL", options.url),
                 "--otlp-endpoint"};
  }
  const char* protocol =
      name_of(get, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL");
  if (value_of(get, protocol) == "grpc") {
    return Error{ErrorCode::kInvalid,
                 "grpc is not spoken here, only http/json; give the collector's HTTP endpoint "
                 "(port 4318) and unset this",
                 protocol};
  }
  const char* headers =
      name_of(get, "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS");
  TRY_ASSIGN(options.headers, read_pairs(headers, value_of(get, headers)));
  TRY_ASSIGN(options.resource, resource_of(get));
  return options;
}

}  // namespace slipway::app
