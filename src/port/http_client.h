// HTTP calls that the engine makes: template `http`, the built-in tasks, hook registration.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace slipway::port {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;  // sent as written
  std::string body;
  Duration timeout = Duration::seconds(30);
  bool insecure_skip_verify = false;
  bool follow_redirects = true;
  size_t max_response_bytes = 4u << 20;
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // First header of that name without regard to case; empty when absent.
  std::string header(std::string_view name) const;
};

using HttpDone = std::function<void(Result<HttpResponse>)>;

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // `done` is called exactly once, from any thread; kTimeout, kUnavailable (connect, TLS) or
  // kLimit (response too large) when there is no response.
  virtual void send(HttpRequest request, HttpDone done) = 0;
};

}  // namespace slipway::port
