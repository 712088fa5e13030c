#include "server/api/api.h"
#include "server/api/reply.h"

namespace slipway::server {
namespace {

intake::Request to_intake(port::ServerRequest request) {
  intake::Request out;
  out.method = std::move(request.method);
  out.path = std::move(request.path);
  out.query = std::move(request.query);
  out.headers = std::move(request.headers);
  out.body = std::move(request.body);
  out.oversize = request.too_large;
  return out;
}

void add_headers(const engine::Reply& reply, port::ServerReply& out) {
  if (!reply.event.empty()) out.headers.emplace_back("X-Slipway-Event", reply.event.value);
  // A full mailbox or a failed disk: the provider shall try again.
  if (reply.http_status >= 500) out.headers.emplace_back("Retry-After", "1");
}

// What a provider sees: short, and with the event's id, so that a delivery page links to the event.
port::ServerReply provider_reply(const engine::Reply& reply) {
  json::object body;
  body["message"] = reply.message;
  if (!reply.event.empty()) body["event"] = reply.event.value;
  port::ServerReply out = json_reply(body, reply.http_status);
  add_headers(reply, out);
  return out;
}

}  // namespace

void receive_event(const ApiContext& context, const std::string& ns, const std::string& source,
                   const std::string& event, port::ServerRequest request,
                   std::shared_ptr<port::Responder> responder) {
  engine::ReceiveEvent input{ns, source, event, to_intake(std::move(request))};
  context.access.post(std::move(input),
                      [responder](engine::Reply reply) { responder->send(provider_reply(reply)); });
}

namespace {

// Argo Server answers {} to whoever posts an event.
void receive_bound(const ApiContext& context, Exchange exchange, std::string discriminator) {
  engine::ReceiveBound input{exchange.at("ns"), std::move(discriminator),
                             to_intake(std::move(exchange.request))};
  context.access.post(std::move(input), [responder = exchange.responder](engine::Reply reply) {
    port::ServerReply out = reply.error ? status_reply(reply.http_status, reply.error->text())
                                        : json_reply(json::object());
    add_headers(reply, out);
    responder->send(std::move(out));
  });
}

}  // namespace

void add_intake_routes(Router& router, const ApiContext& context) {
  router.add("POST", "/api/v1/events/{ns}/{discriminator}", [context](Exchange exchange) {
    std::string discriminator = exchange.at("discriminator");
    receive_bound(context, std::move(exchange), std::move(discriminator));
  });
  for (const auto* path : {"/api/v1/events/{ns}", "/api/v1/events/{ns}/"}) {
    router.add("POST", path,
               [context](Exchange exchange) { receive_bound(context, std::move(exchange), ""); });
  }
  router.add("*", "/events/{ns}/{source}/{event}", [context](Exchange exchange) {
    receive_event(context, exchange.at("ns"), exchange.at("source"), exchange.at("event"),
                  std::move(exchange.request), std::move(exchange.responder));
  });
}

}  // namespace slipway::server
