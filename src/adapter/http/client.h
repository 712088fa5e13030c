// The HTTP client: libcurl's multi interface on one thread of its own.
#pragma once

#include <memory>

#include "port/http_client.h"

namespace slipway::adapter {

// Thread-safe. The destructor cancels what is in flight (kUnavailable) and joins. Only http and
// https; at most 10 redirects; never more than HttpRequest::max_response_bytes in memory.
class CurlHttpClient : public port::HttpClient {
 public:
  CurlHttpClient();
  ~CurlHttpClient() override;

  void send(port::HttpRequest request, port::HttpDone done) override;

 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;
};

// Waits for the answer; for the CLI.
Result<port::HttpResponse> send_and_wait(port::HttpClient& client, port::HttpRequest request);

}  // namespace slipway::adapter
