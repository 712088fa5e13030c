// Is it alive, is it ready, which one is it: /healthz, /readyz, /version.
#include "server/api/api.h"
#include "server/api/reply.h"

namespace slipway::server {
namespace {

void send_version(const Exchange& exchange) {
  json::object body;
  body["gitVersion"] = "v" SLIPWAY_VERSION;
  body["version"] = "v" SLIPWAY_VERSION;
  body["platform"] = kPlatform;
  exchange.responder->send(json_reply(body));
}

}  // namespace

void add_health_routes(Router& router, const ApiContext& context) {
  router.add("GET", "/healthz", [](Exchange exchange) {
    exchange.responder->send({200, {{"Content-Type", "text/plain"}}, "ok\n"});
  });
  // Ready means that the driver's loop turns: it must come round to this question.
  router.add("GET", "/readyz", [context](Exchange exchange) {
    context.access.query([responder = exchange.responder](const engine::Engine&) {
      responder->send({200, {{"Content-Type", "text/plain"}}, "ok\n"});
    });
  });
  router.add("GET", "/version", [](Exchange exchange) { send_version(exchange); });
  router.add("GET", "/api/v1/version", [](Exchange exchange) { send_version(exchange); });
}

}  // namespace slipway::server
