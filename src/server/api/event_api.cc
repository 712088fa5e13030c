// The list of received events with their verdicts, and replay on purpose.
#include <charconv>

#include "base/json.h"
#include "core/view/view.h"
#include "server/api/api.h"
#include "server/api/reply.h"

namespace slipway::server {
namespace {

json::object to_json(const port::EventRow& row, bool whole) {
  json::object out;
  out["id"] = row.id.value;
  out["namespace"] = row.ns;
  out["source"] = row.source;
  out["name"] = row.name;
  out["type"] = row.type;
  out["delivery"] = row.delivery;
  out["time"] = format_rfc3339(row.at);
  out["status"] = row.status;
  out["outcome"] = row.outcome;
  out["message"] = row.message;
  out["summary"] = row.summary;
  if (!whole) return out;
  out["verdicts"] = views::verdicts_of(row);
  if (!row.payload.empty()) {
    const Result<json::value> payload = parse_json(row.payload);
    out["data"] = payload.ok() ? *payload : json::value(row.payload);
  }
  return out;
}

std::optional<Time> parse_time(const std::string& text) {
  const Result<Time> time = parse_rfc3339(text);
  return time.ok() ? std::optional(*time) : std::nullopt;
}

size_t parse_limit(const std::string& text, size_t fallback) {
  size_t limit = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), limit);
  return failed == std::errc{} && limit > 0 ? std::min<size_t>(limit, 1000) : fallback;
}

void list_events(const ApiContext& context, const Exchange& exchange) {
  port::EventQuery query;
  query.ns = exchange.parameter("namespace");
  query.source = exchange.parameter("source");
  query.name = exchange.parameter("name");
  query.outcome = exchange.parameter("outcome");
  query.delivery = exchange.parameter("delivery");
  query.text = exchange.parameter("text");
  query.after = parse_time(exchange.parameter("after"));
  query.before = parse_time(exchange.parameter("before"));
  query.limit = parse_limit(exchange.parameter("limit"), 100);
  query.cursor = exchange.parameter("continue");
  context.background([&store = context.store, query, responder = exchange.responder] {
    const Result<port::EventPage> page = store.list_events(query);
    if (!page.ok()) return responder->send(error_reply(page.error()));
    json::array items;
    for (const port::EventRow& row : page->rows) items.push_back(to_json(row, false));
    json::object body;
    body["items"] = std::move(items);
    if (!page->next.empty()) body["continue"] = page->next;
    responder->send(json_reply(body));
  });
}

// Finds the event and gives it to `use`; answers itself when there is none.
void with_event(const ApiContext& context, const Exchange& exchange,
                std::function<void(port::EventRow)> use) {
  context.background([&store = context.store, id = exchange.at("id"),
                      responder = exchange.responder, use = std::move(use)] {
    Result<std::optional<port::EventRow>> row = store.find_event(id);
    if (!row.ok()) return responder->send(error_reply(row.error()));
    if (!row->has_value()) {
      return responder->send(status_reply(404, "there is no event " + id));
    }
    use(std::move(**row));
  });
}

void show_event(const ApiContext& context, const Exchange& exchange) {
  with_event(context, exchange, [responder = exchange.responder](port::EventRow row) {
    responder->send(json_reply(to_json(row, true)));
  });
}

void replay_event(const ApiContext& context, const Exchange& exchange) {
  with_event(context, exchange,
             [&access = context.access, responder = exchange.responder](port::EventRow row) {
               Result<json::value> data = parse_json(row.payload);
               if (row.payload.empty() || !data.ok()) {
                 return responder->send(status_reply(
                     409, "event " + row.id.value + " was refused and has no payload to replay"));
               }
               access.post(engine::ReplayEvent{row.id, row.ns, row.source, row.name, row.type,
                                               std::move(*data), row.summary},
                           [responder](engine::Reply reply) {
                             if (reply.error) return responder->send(error_reply(*reply.error));
                             json::object body;
                             body["id"] = reply.event.value;
                             body["message"] = reply.message;
                             responder->send(json_reply(body));
                           });
             });
}

}  // namespace

void add_event_routes(Router& router, const ApiContext& context) {
  router.add("GET", "/api/v1/slipway/events",
             [context](Exchange exchange) { list_events(context, exchange); });
  router.add("GET", "/api/v1/slipway/events/{id}",
             [context](Exchange exchange) { show_event(context, exchange); });
  router.add("POST", "/api/v1/slipway/events/{id}/replay",
             [context](Exchange exchange) { replay_event(context, exchange); });
}

}  // namespace slipway::server
