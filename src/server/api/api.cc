#include "server/api/api.h"

#include "server/api/reply.h"

namespace slipway::server {
namespace {

// The page may load only what this server serves; nothing in a log or title can run as script.
constexpr std::string_view kPolicy =
    "default-src 'self'; img-src 'self' data:; style-src 'self'; frame-ancestors 'none'; base-uri "
    "'none'";

void send_asset(const ApiContext& context, const Exchange& exchange, std::string_view path) {
  const auto [content, type] = context.asset(path);
  if (content.empty()) return exchange.responder->send(status_reply(404, "no such page"));
  exchange.responder->send({200,
                            {{"Content-Type", std::string(type)},
                             {"Content-Security-Policy", std::string(kPolicy)},
                             {"X-Content-Type-Options", "nosniff"},
                             {"Referrer-Policy", "no-referrer"},
                             {"Cache-Control", "no-cache"}},
                            std::string(content)});
}

}  // namespace

void add_page_routes(Router& router, const ApiContext& context) {
  router.add("GET", "/",
             [context](Exchange exchange) { send_asset(context, exchange, "index.html"); });
  router.add("GET", "/ui/{path...}",
             [context](Exchange exchange) { send_asset(context, exchange, exchange.at("path")); });
}

Router make_api(const ApiContext& context) {
  Router router;
  add_intake_routes(router, context);
  add_event_routes(router, context);
  add_kube_event_routes(router, context);
  add_resource_routes(router, context);
  add_workflow_routes(router, context);
  add_operation_routes(router, context);
  add_sync_routes(router, context);
  add_watch_routes(router, context);
  add_log_routes(router, context);
  add_artifact_routes(router, context);
  add_metric_routes(router, context);
  add_health_routes(router, context);
  add_page_routes(router, context);
  return router;
}

}  // namespace slipway::server
