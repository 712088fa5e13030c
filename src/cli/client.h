// Talking to a server from a command.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "cli/command.h"
#include "port/http_client.h"

namespace slipway::cli {

// Which server, and which namespace: the options every client command has.
struct Connection {
  std::string server;    // URL; empty: the one whose data directory this is, else the default port
  std::string data_dir;  // where a server of this machine leaves its address
  std::string ns = "default";
  std::string token;
  bool insecure_skip_verify = false;

  void define(Options& options);
};

class Client {
 public:
  // Finds the server: --server, SLIPWAY_SERVER, <data dir>/server.json, http://127.0.0.1:2746.
  explicit Client(const Connection& connection);

  const std::string& url() const { return url_; }

  // The parsed body of a 2xx answer, whose warnings go to stderr. Other answers are Errors with the
  // server's message and a code by status (404 kNotFound, 409 kConflict, 401/403 kUnauthorized,
  // 400/422 kInvalid, 5xx kUnavailable). When nobody answers the message says how to start a
  // server.
  Result<json::value> call(std::string_view method, const std::string& path,
                           const json::value* body = nullptr) const;

  // The same for many, with several on the way at once: the answers in their order, up to where
  // the first Error was seen and no more were sent.
  struct Call {
    std::string path;
    json::value body;
  };
  std::vector<Result<json::value>> call_all(std::string_view method,
                                            const std::vector<Call>& calls) const;

  // Each line of a JSON stream; the members below "result". Ends when `on_object` returns false.
  Status stream(const std::string& path,
                const std::function<bool(const json::object&)>& on_object) const;

  // Bytes as they are, e.g. an artifact.
  Result<std::string> download(const std::string& path) const;

 private:
  port::HttpRequest request(std::string_view method, const std::string& path,
                            const json::value* body) const;
  Result<json::value> read(const Result<port::HttpResponse>& response) const;

  std::string url_, token_;
  bool insecure_ = false;
};

// Percent-encodes everything but unreserved characters.
std::string encode_url(std::string_view text);

// Prints "slipway: <error>" to stderr and gives kFailed.
int fail(const Error& error);
int fail(std::string_view message);

}  // namespace slipway::cli
