// Logs of a workflow's pods: kept ones, and live ones by follow, as Argo Server streams them.
#include "server/api/api.h"
#include "server/api/log_stream.h"
#include "server/api/reply.h"
#include "server/api/workflow_find.h"

namespace slipway::server {
namespace {

void send_logs(const ApiContext& context, const Exchange& exchange, std::string pod) {
  Result<LogRequest> request = read_log_request(exchange, context.clock.now());
  if (!request.ok()) {
    return exchange.responder->send(status_reply(400, request.error().text()));
  }
  request->pod = std::move(pod);
  const auto start = [context, responder = exchange.responder](LogRequest wanted) {
    std::make_shared<LogStream>(context, std::move(wanted), responder)->start();
  };
  if (request->workflow != kLatest) return start(std::move(*request));
  find_workflow(
      context, request->ns, request->workflow,
      [start, request = *request, responder = exchange.responder](Result<json::object> found) {
        if (!found.ok()) return responder->send(error_reply(found.error()));
        LogRequest of_newest = request;
        of_newest.workflow = get_string(object_of(*found, "metadata"), "name");
        start(std::move(of_newest));
      });
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
