// Is it alive, is it ready, what does it do: /healthz, /readyz, /metrics, /version.
#include <fmt/format.h>

#include <map>

#include "server/api/api.h"
#include "server/api/reply.h"
#include "server/metric.h"

namespace slipway::server {
namespace {

void send_metrics(const ApiContext& context, const Exchange& exchange) {
  std::string measured = context.access.metrics().text(context.clock.now());
  context.access.query([responder = exchange.responder,
                        measured = std::move(measured)](const engine::Engine& engine) {
    std::map<std::string, int> phases;
    engine.for_each_run([&](const workflow::Run& run) {
      const std::string phase(to_string(run.phase()));
      ++phases[phase.empty() ? "Pending" : phase];
    });
    std::string text =
        "# HELP argo_workflows_gauge Number of live workflows by phase.\n"
        "# TYPE argo_workflows_gauge gauge\n";
    for (const auto& [phase, count] : phases) {
      text += fmt::format("argo_workflows_gauge{{phase=\"{}\"}} {}\n", phase, count);
    }
    text += fmt::format(
        "# HELP slipway_effects_outstanding What the world still owes the engine.\n"
        "# TYPE slipway_effects_outstanding gauge\n"
        "slipway_effects_outstanding {}\n",
        engine.outstanding().size());
    text += measured;
    responder->send({200, {{"Content-Type", "text/plain; version=0.0.4"}}, text});
  });
}

void send_version(const Exchange& exchange) {
  json::object body;
  body["gitVersion"] = "v" SLIPWAY_VERSION;
  body["version"] = "v" SLIPWAY_VERSION;
  body["platform"] = "linux/amd64";
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
  router.add("GET", "/metrics", [context](Exchange exchange) { send_metrics(context, exchange); });
  router.add("GET", "/version", [](Exchange exchange) { send_version(exchange); });
  router.add("GET", "/api/v1/version", [](Exchange exchange) { send_version(exchange); });
}

}  // namespace slipway::server
