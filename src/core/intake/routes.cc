#include <charconv>
#include <set>

#include "core/intake/provider.h"

namespace slipway::intake {
namespace {

// Fields of an EventSource's spec that are not maps of events.
constexpr std::string_view kOtherFields[] = {"eventBusName", "template", "service", "replicas"};

// The manifest writes ports as strings; a bare number is accepted.
std::optional<int> read_port(const json::object& settings) {
  const json::value* value = find(settings, "port");
  if (value == nullptr) return 0;
  std::string text = value->is_string() ? str(value->get_string()) : print_json(*value);
  if (text.empty()) return 0;
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < 1 || port > 65535) {
    return std::nullopt;
  }
  return port;
}

struct Selector {
  std::string name, key;
};
Selector selector(const json::object& settings, std::string_view field) {
  const json::object* object = find_object(settings, field);
  if (object == nullptr) return {};
  return {get_string(*object, "name"), get_string(*object, "key")};
}

class Reader {
 public:
  explicit Reader(const manifest::Resource& source) : source_(source) {}

  void read(std::string_view type, std::string_view event, const json::value& value) {
    const std::string where = "spec." + std::string(type) + "." + std::string(event) + ": ";
    const json::object* config = value.if_object();
    if (config == nullptr) return problem(where + "must be an object");
    if (!names_.insert(std::string(event)).second) {
      return problem(where + "the name is used twice in this EventSource; names must be unique");
    }
    // Of the other types the check against the schema has said that they are not supported.
    if (type != "github" && type != "webhook") return;
    add(where, type, event, *config);
  }

  Routes take() { return std::move(routes_); }
  void problem(std::string text) { routes_.problems.push_back(std::move(text)); }

 private:
  void add(const std::string& where, std::string_view type, std::string_view event,
           const json::object& config) {
    if (type == "github" && find_object(config, "webhook") == nullptr) {
      return problem(where +
                     "webhook is missing; write webhook: {endpoint: /push, port: \"12000\"}");
    }
    const json::object& settings = web_settings(type, config);
    Route route;
    route.ns = source_.key().ns;
    route.source = source_.name();
    route.event = event;
    route.type = type;
    route.endpoint = get_string(settings, "endpoint");
    route.method = type == "webhook" ? get_string(settings, "method") : "";
    const std::optional<int> port = read_port(settings);
    if (!port) return problem(where + "port must be a number from 1 to 65535");
    route.port = *port;
    if (!route.endpoint.starts_with("/")) {
      return problem(where + "endpoint must start with /, e.g. /push");
    }
    if (type == "webhook" && route.method != "GET" && route.method != "POST") {
      return problem(where + "method must be GET or POST, not \"" + route.method + "\"");
    }
    if (route.port != 0 && !places_.insert({route.port, route.endpoint}).second) {
      return problem(where + "endpoint " + route.endpoint + " on port " +
                     std::to_string(route.port) + " is already taken by another event");
    }
    const Selector cert = selector(settings, "serverCertSecret");
    const Selector key = selector(settings, "serverKeySecret");
    if (cert.name.empty() != key.name.empty()) {
      return problem(where + "serverCertSecret and serverKeySecret must be given together");
    }
    route.tls_cert_secret = cert.name;
    route.tls_cert_key = cert.key;
    route.tls_key_secret = key.name;
    route.tls_key_key = key.key;
    routes_.routes.push_back(std::move(route));
  }

  const manifest::Resource& source_;  // outlives the reader
  Routes routes_;
  std::set<std::string> names_;
  std::set<std::pair<int, std::string>> places_;
};

}  // namespace

Routes routes(const manifest::Resource& event_source) {
  Reader reader(event_source);
  for (const auto& type : event_source.spec()) {
    if (std::ranges::find(kOtherFields, std::string_view(type.key())) != std::end(kOtherFields)) {
      continue;
    }
    const json::object* events = type.value().if_object();
    if (events == nullptr) {
      reader.problem("spec." + std::string(type.key()) + " must be a map of events");
      continue;
    }
    for (const auto& event : *events) reader.read(type.key(), event.key(), event.value());
  }
  return reader.take();
}

}  // namespace slipway::intake
