// The Kubernetes resource API: list, get, create, replace and delete of our kinds.
#include <fmt/format.h>

#include <array>

#include "core/expr/label/label.h"
#include "core/manifest/parse.h"
#include "server/api/api.h"
#include "server/api/object.h"
#include "server/api/reply.h"
#include "server/label_term.h"

namespace slipway::server {
namespace {

using manifest::Kind;

constexpr std::array kStored = {Kind::kWorkflowTemplate, Kind::kClusterWorkflowTemplate,
                                Kind::kCronWorkflow,     Kind::kWorkflowEventBinding,
                                Kind::kEventSource,      Kind::kEventBus,
                                Kind::kSensor,           Kind::kSecret,
                                Kind::kConfigMap,        Kind::kPersistentVolumeClaim};

void list_resources(const ApiContext& context, Kind kind, Exchange exchange) {
  const std::string ns = exchange.path.contains("ns") ? exchange.at("ns") : "";
  auto selector = expr::LabelSelector::parse(exchange.parameter("labelSelector"));
  if (!selector.ok()) return exchange.responder->send(error_reply(selector.error()));
  context.access.query([kind, ns, selector = std::move(*selector),
                        responder = exchange.responder](const engine::Engine& engine) {
    json::array items;
    for (const manifest::Resource* resource : engine.catalog().list(kind, ns)) {
      if (labels_match(selector, resource->object)) items.push_back(resource->object);
    }
    responder->send(json_reply(list_object(kind, std::move(items), "")));
  });
}

void get_resource(const ApiContext& context, Kind kind, Exchange exchange) {
  const manifest::ResourceKey key = key_of(exchange, kind);
  context.access.query([key, responder = exchange.responder](const engine::Engine& engine) {
    const manifest::Resource* resource = engine.catalog().find(key);
    if (resource == nullptr) return responder->send(not_found(key));
    responder->send(json_reply(resource->object));
  });
}

// Creates or replaces. The object in the body is checked against its schema first.
void put_resource(const ApiContext& context, Kind kind, Exchange exchange, bool create_only) {
  Result<Body> body = read_body(exchange, kind);
  if (!body.ok()) return exchange.responder->send(error_reply(body.error()));
  engine::ApplyResource input{std::move(body->resource), create_only, ""};
  context.access.post(std::move(input), [responder = exchange.responder, create_only,
                                         notes = std::move(body->notes)](engine::Reply reply) {
    if (reply.error) return responder->send(error_reply(*reply.error));
    port::ServerReply out = json_reply(reply.object, create_only ? 201 : 200);
    add_warnings(out, notes);
    add_warnings(out, reply.warnings);
    responder->send(std::move(out));
  });
}

void delete_resource(const ApiContext& context, Kind kind, Exchange exchange) {
  const manifest::ResourceKey key = key_of(exchange, kind);
  context.access.post(engine::DeleteResource{key},
                      [key, responder = exchange.responder](engine::Reply reply) {
                        if (reply.error) return responder->send(error_reply(*reply.error));
                        responder->send(status_reply(200, key.text() + " deleted"));
                      });
}

void add_kind(Router& router, const ApiContext& context, Kind kind) {
  const std::string group = collection_root(kind);
  const std::string plural(manifest::plural(kind));
  const std::string collection =
      manifest::is_namespaced(kind) ? group + "/namespaces/{ns}/" + plural : group + "/" + plural;
  const auto bind = [&](auto handler) {
    return [context, kind, handler](Exchange exchange) {
      handler(context, kind, std::move(exchange));
    };
  };
  router.add("GET", collection, bind(list_resources));
  if (manifest::is_namespaced(kind)) router.add("GET", group + "/" + plural, bind(list_resources));
  router.add("POST", collection, [context, kind](Exchange exchange) {
    put_resource(context, kind, std::move(exchange), true);
  });
  router.add("PUT", collection + "/{name}", [context, kind](Exchange exchange) {
    put_resource(context, kind, std::move(exchange), false);
  });
  router.add("GET", collection + "/{name}", bind(get_resource));
  router.add("DELETE", collection + "/{name}", bind(delete_resource));
}

}  // namespace

void add_resource_routes(Router& router, const ApiContext& context) {
  for (const Kind kind : kStored) add_kind(router, context, kind);
}

}  // namespace slipway::server
