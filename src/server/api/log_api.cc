// Logs of a workflow's pods: kept ones, and live ones by follow, as Argo Server streams them.
#include <fmt/format.h>

#include <charconv>

#include "server/api/api.h"
#include "server/api/log_stream.h"
#include "server/api/reply.h"
#include "server/api/workflow_find.h"

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
  if (const std::string tail = exchange.parameter("logOptions.tailLines"); !tail.empty()) {
    size_t lines = 0;
    const char* end = tail.data() + tail.size();
    if (std::from_chars(tail.data(), end, lines).ptr != end) {
      return exchange.responder->send(
          status_reply(400, "logOptions.tailLines \"" + tail + "\" is no number of lines"));
    }
    request.tail = lines;
  }
  if (const std::string grep = exchange.parameter("grep"); !grep.empty()) {
    auto pattern = expr::compile_regex(grep);
    if (!pattern.ok()) {
      return exchange.responder->send(
          status_reply(400, fmt::format("grep \"{}\": {}", grep, pattern.error().text())));
    }
    request.grep = std::move(*pattern);
  }
  auto pods = expr::LabelSelector::parse(exchange.parameter("selector"));
  if (!pods.ok()) return exchange.responder->send(status_reply(400, pods.error().text()));
  request.pods = std::move(*pods);
  const auto start = [context, responder = exchange.responder](LogRequest wanted) {
    std::make_shared<LogStream>(context, std::move(wanted), responder)->start();
  };
  if (request.workflow != kLatest) return start(std::move(request));
  find_workflow(context, request.ns, request.workflow,
                [start, request, responder = exchange.responder](Result<json::object> found) {
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
