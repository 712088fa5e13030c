// PodGate: lets requests that come from pods through as far as pod_access.h allows, and all others.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "port/http_server.h"
#include "server/api/api.h"
#include "server/api/pod_access.h"

namespace slipway::server {

// Safe from any thread. Outlives the requests that it lets through.
class PodGate {
 public:
  struct Options {
    std::string token_key;
    PodRole role = PodRole::kNone;
    std::function<bool(const port::ServerRequest&)> is_from_pod;
  };

  PodGate(ApiContext context, Options options, port::ServerHandler next);

  // A pod whose token is missing or wrong, or that does not run any more, is answered 401; what its
  // role does not allow, 403. A handler such as HttpServer takes.
  void operator()(port::ServerRequest request, std::shared_ptr<port::Responder> responder) const;

 private:
  const ApiContext context_;
  const Options options_;
  const port::ServerHandler next_;
};

}  // namespace slipway::server
