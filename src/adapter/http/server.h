// The HTTP/1.1 server: Boost.Beast on one I/O thread of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapter/archive/fd.h"
#include "base/limit.h"
#include "base/result.h"
#include "base/time.h"
#include "port/http_server.h"

namespace slipway::adapter {

struct TlsPair {
  std::string certificate_pem, key_pem;
};

// A port that is ours before anything is served at it.
struct ReservedPort {
  Fd socket;
  std::string address;
  int port = 0;
};

// `port` 0: any free one. An IPv4 address that this machine will have may be reserved too (a
// bridge's, before there is one). kUnavailable names the address.
Result<ReservedPort> reserve_port(const std::string& address, int port);

struct ListenOptions {
  std::string address = "0.0.0.0";
  int port = 0;                            // 0: any free one
  const ReservedPort* reserved = nullptr;  // instead of the two; borrowed for the call
  std::optional<TlsPair> tls;
  size_t body_limit = limit::kWebhookBytes + limit::kWebhookSlackBytes;
  size_t bodies_limit = limit::kRequestsBytes;  // of all that are held; beyond it 503
};

// Owns its thread; the destructor closes every connection and joins. Methods may be called from any
// thread but the handler's own I/O thread must not destroy the server.
//
// Limits: headers 64 KiB, 60 s to send a request, 120 s idle between requests, 4 MiB waiting to be
// written to one slow reader (then it is cut off), 4096 connections, 512 MiB of bodies of requests
// that are not answered yet (then 503).
class HttpServer {
 public:
  explicit HttpServer(port::ServerHandler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // The port that is listened on. kUnavailable names the address when it is in use or not ours;
  // kInvalid when the TLS pair is wrong.
  Result<int> listen(const ListenOptions& options);

  // Stops accepting on all ports and waits until every answer is written; streams are not waited
  // for. The last call.
  void drain(Duration at_most);

  // Stops accepting on that port; connections in progress go on.
  void close(int port);

 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace slipway::adapter
