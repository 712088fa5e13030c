// Limits of semaphores, at Argo Server's paths (spec a9): create, get, update, delete; the list is
// ours.
#include <fmt/format.h>

#include <charconv>

#include "core/workflow/sync_limit.h"
#include "server/api/api.h"
#include "server/api/reply.h"

namespace slipway::server {
namespace {

using Verb = engine::SetSyncLimit::Verb;

// Which limit, of which kind: Argo's SyncConfigType is CONFIGMAP (0, which is left out) or
// DATABASE.
struct LimitKey {
  bool database = false;
  std::string ns, config_map, key;

  std::string map() const { return database ? workflow::kSyncLimits : config_map; }
};

std::string text_of(const json::object& body, std::string_view name) {
  const json::value* value = find(body, name);
  if (value == nullptr) return "";
  return value->is_string() ? str(value->get_string()) : print_json(*value);
}

// A deletion has none.
Result<json::object> read_body(const Exchange& exchange) {
  if (exchange.request.body.empty()) return json::object();
  TRY_ASSIGN(json::value body, parse_json(exchange.request.body));
  if (body.is_object()) return std::move(body.get_object());
  return Error{ErrorCode::kInvalid, "the body is not a JSON object", ""};
}

Result<LimitKey> read_key(const Exchange& exchange, const json::object& body) {
  const auto given = [&](const std::string& name) {
    const std::string text = text_of(body, name);
    return text.empty() ? exchange.parameter(name) : text;
  };
  LimitKey key;
  key.ns = exchange.at("ns");
  key.key = exchange.path.contains("key") ? exchange.at("key") : text_of(body, "key");
  key.config_map = given("cmName");
  const std::string type = given("type");
  key.database = type == "1" || type == "DATABASE" || type == "database";
  if (!key.database && !type.empty() && type != "0" && type != "CONFIGMAP" && type != "configmap") {
    return Error{ErrorCode::kInvalid, "unsupported sync config type: " + type, ""};
  }
  if (!key.database && key.config_map.empty()) {
    return Error{ErrorCode::kInvalid, "cmName is missing: the ConfigMap that has the limit", ""};
  }
  return key;
}

void refuse(const Exchange& exchange, const Error& error) {
  if (error.code != ErrorCode::kInvalid) return exchange.responder->send(error_reply(error));
  exchange.responder->send(status_reply(400, error.text()));
}

json::object to_json(const LimitKey& key, int64_t limit) {
  json::object out{{"namespace", key.ns}, {"key", key.key}, {"limit", limit}};
  out["type"] = key.database ? 1 : 0;
  if (!key.database) out["cmName"] = key.config_map;
  return out;
}

Result<int64_t> limit_in(const manifest::Catalog& catalog, const LimitKey& key) {
  const manifest::Resource* map = catalog.find(manifest::Kind::kConfigMap, key.ns, key.map());
  const json::string* text =
      map != nullptr ? find_string(object_of(map->object, "data"), key.key) : nullptr;
  if (text == nullptr) {
    return Error{
        ErrorCode::kNotFound,
        key.database
            ? fmt::format("Database sync limit not found in namespace \"{}\".", key.ns)
            : fmt::format("key {} not found in configmap {}/{}", key.key, key.ns, key.config_map),
        ""};
  }
  int64_t limit = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (error == std::errc{} && end == text->data() + text->size()) return limit;
  return Error{
      ErrorCode::kInvalid,
      fmt::format("invalid limit format for key {} in configmap {}/{}", key.key, key.ns, key.map()),
      ""};
}

void get_limit(const ApiContext& context, const Exchange& exchange) {
  auto key = read_key(exchange, {});
  if (!key.ok()) return refuse(exchange, key.error());
  context.access.query([exchange, key = std::move(*key)](const engine::Engine& engine) {
    const auto limit = limit_in(engine.catalog(), key);
    if (!limit.ok()) return refuse(exchange, limit.error());
    exchange.responder->send(json_reply(to_json(key, *limit)));
  });
}

void list_limits(const ApiContext& context, const Exchange& exchange) {
  auto key = read_key(exchange, {});
  if (!key.ok()) return refuse(exchange, key.error());
  context.access.query([exchange, key = std::move(*key)](const engine::Engine& engine) mutable {
    json::array items;
    const manifest::Resource* map =
        engine.catalog().find(manifest::Kind::kConfigMap, key.ns, key.map());
    for (const auto& entry : map != nullptr ? object_of(map->object, "data") : json::object()) {
      key.key = std::string(entry.key());
      if (const auto limit = limit_in(engine.catalog(), key); limit.ok()) {
        items.push_back(to_json(key, *limit));
      }
    }
    exchange.responder->send(json_reply({{"items", std::move(items)}}));
  });
}

void set_limit(const ApiContext& context, const Exchange& exchange, Verb verb) {
  const auto body = read_body(exchange);
  if (!body.ok()) return refuse(exchange, body.error());
  const auto key = read_key(exchange, *body);
  if (!key.ok()) return refuse(exchange, key.error());
  const int64_t limit = get_int(*body, "limit");
  engine::SetSyncLimit input{verb, key->ns, key->database ? "" : key->config_map, key->key, limit};
  context.access.post(
      std::move(input), [exchange, key = *key, verb, limit](const engine::Reply& reply) {
        if (reply.error) return refuse(exchange, *reply.error);
        exchange.responder->send(
            json_reply(verb == Verb::kDelete ? json::object() : to_json(key, limit)));
      });
}

}  // namespace

void add_sync_routes(Router& router, const ApiContext& context) {
  const std::string all = "/api/v1/sync/{ns}", one = all + "/{key}";
  const auto setting = [&](Verb verb) {
    return [context, verb](const Exchange& exchange) { set_limit(context, exchange, verb); };
  };
  router.add("GET", all, [context](const Exchange& exchange) { list_limits(context, exchange); });
  router.add("GET", one, [context](const Exchange& exchange) { get_limit(context, exchange); });
  router.add("POST", all, setting(Verb::kCreate));
  router.add("PUT", one, setting(Verb::kUpdate));
  router.add("DELETE", one, setting(Verb::kDelete));
}

}  // namespace slipway::server
