#include "app/source_ports.h"

#include <fmt/format.h>

#include "server/api/reply.h"

namespace slipway::app {
namespace {

std::string place(const intake::Route& route) {
  return fmt::format("EventSource {}/{}, event {}", route.ns, route.source, route.event);
}

Result<std::optional<adapter::TlsPair>> tls_of(const intake::Route& route,
                                               const manifest::Catalog& catalog) {
  if (route.tls_cert_secret.empty()) return std::optional<adapter::TlsPair>();
  TRY_ASSIGN(std::string certificate,
             catalog.secret_value(route.ns, route.tls_cert_secret, route.tls_cert_key));
  TRY_ASSIGN(std::string key,
             catalog.secret_value(route.ns, route.tls_key_secret, route.tls_key_key));
  return std::optional(adapter::TlsPair{std::move(certificate), std::move(key)});
}

}  // namespace

SourcePorts::SourcePorts(std::string address, server::ApiContext context)
    : address_(std::move(address)),
      context_(std::move(context)),
      http_([this](port::ServerRequest request, std::shared_ptr<port::Responder> responder) {
        serve(std::move(request), std::move(responder));
      }) {}

std::vector<std::string> SourcePorts::update(const std::vector<intake::Route>& routes,
                                             const manifest::Catalog& catalog) {
  std::vector<std::string> problems;
  std::map<int, std::map<std::string, intake::Route>> wanted;
  for (const intake::Route& route : routes) {
    if (route.port == 0) continue;
    const auto [other, fresh] = wanted[route.port].emplace(route.endpoint, route);
    if (!fresh) {
      problems.push_back(fmt::format("{}: port {} and endpoint {} already belong to {}",
                                     place(route), route.port, route.endpoint,
                                     place(other->second)));
    }
  }
  const std::lock_guard lock(mutex_);
  for (auto it = open_.begin(); it != open_.end();) {
    if (wanted.contains(it->first)) {
      ++it;
      continue;
    }
    http_.close(it->first);
    it = open_.erase(it);
  }
  for (const auto& [port, endpoints] : wanted) {
    const intake::Route& first = endpoints.begin()->second;
    const auto tls = tls_of(first, catalog);
    if (!tls.ok()) {
      problems.push_back(place(first) + ": " + tls.error().text());
      continue;
    }
    const std::string certificate = *tls ? (**tls).certificate_pem : "";
    if (const auto found = open_.find(port); found != open_.end()) {
      if (found->second == certificate) continue;
      http_.close(port);  // a rotated certificate: listen anew
      open_.erase(found);
    }
    const auto opened = http_.listen({.address = address_, .port = port, .tls = *tls});
    if (opened.ok()) {
      open_[port] = certificate;
    } else {
      problems.push_back(place(first) + ": " + opened.error().text());
    }
  }
  routes_ = std::move(wanted);
  return problems;
}

void SourcePorts::serve(port::ServerRequest request, std::shared_ptr<port::Responder> responder) {
  if (request.path == "/health") return responder->send({200, {}, "OK"});
  intake::Route route;
  {
    const std::lock_guard lock(mutex_);
    const auto& endpoints = routes_[request.listener_port];
    const auto found = endpoints.find(request.path);
    if (found == endpoints.end()) {
      return responder->send(
          server::status_reply(404, "no event source listens at " + request.path));
    }
    route = found->second;
  }
  server::receive_event(context_, route.ns, route.source, route.event, std::move(request),
                        std::move(responder));
}

}  // namespace slipway::app
