// Logs of a workflow's pods: kept ones, and live ones by follow, as Argo Server streams them.
#include "server/api/api.h"
#include "server/api/log_stream.h"

namespace slipway::server {
namespace {

void send_logs(const ApiContext& context, const Exchange& exchange, std::string pod) {
  LogRequest request;
  request.ns = exchange.at("ns");
  request.workflow = exchange.at("name");
  request.pod = std::move(pod);
  request.container = exchange.parameter("logOptions.container");
  request.follow = exchange.parameter("logOptions.follow") == "true";
  request.raw = exchange.parameter("raw") == "true";
  std::make_shared<LogStream>(context, std::move(request), exchange.responder)->start();
}

}  // namespace

void add_log_routes(Router& router, const ApiContext& context) {
  router.add("GET", "/api/v1/workflows/{ns}/{name}/log", [context](const Exchange& exchange) {
    send_logs(context, exchange, exchange.parameter("podName"));
  });
  router.add("GET", "/api/v1/workflows/{ns}/{name}/{pod}/log", [context](const Exchange& exchange) {
    send_logs(context, exchange, exchange.at("pod"));
  });
}

}  // namespace slipway::server
