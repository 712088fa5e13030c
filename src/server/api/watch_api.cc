// Watching workflows: one JSON object a line (or as server-sent events), from the present on.
#include "server/api/api.h"
#include "server/api/workflow_feed.h"

namespace slipway::server {
namespace {

// "metadata.name=x" of a field selector; empty when it selects nothing by name.
std::string name_in(std::string_view selector) {
  static constexpr std::string_view kName = "metadata.name=";
  const size_t at = selector.find(kName);
  if (at == std::string_view::npos) return {};
  std::string_view name = selector.substr(at + kName.size());
  if (name.starts_with('=')) name.remove_prefix(1);
  return std::string(name.substr(0, name.find(',')));
}

}  // namespace

void add_watch_routes(Router& router, const ApiContext& context) {
  const auto feed = std::make_shared<WorkflowFeed>(context);
  const auto handler = [feed, background = context.background](Exchange exchange) {
    const auto watch = std::make_shared<WorkflowWatch>(
        background, exchange.path.contains("ns") ? exchange.at("ns") : "",
        name_in(exchange.parameter("listOptions.fieldSelector")));
    begin_push(*watch, exchange);
    feed->add(watch);
  };
  router.add("GET", "/api/v1/workflow-events", handler);
  router.add("GET", "/api/v1/workflow-events/{ns}", handler);
}

}  // namespace slipway::server
