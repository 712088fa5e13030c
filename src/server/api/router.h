// From method and path to a handler.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "port/http_server.h"

namespace slipway::server {

// One request on its way through the API.
struct Exchange {
  port::ServerRequest request;
  std::map<std::string, std::string> path;   // values of {names} in the pattern
  std::map<std::string, std::string> query;  // decoded
  std::shared_ptr<port::Responder> responder;

  const std::string& at(const std::string& name) const { return path.at(name); }
  // Empty when absent.
  std::string parameter(const std::string& name) const;
};

// The segments of a decoded path: "/a//b" is a, "" and b. Routes are matched by them.
std::vector<std::string> split_path(std::string_view path);

using ApiHandler = std::function<void(Exchange)>;

class Router {
 public:
  // `pattern`: "/api/v1/workflows/{ns}/{name}"; a last segment "{rest...}" takes what remains.
  // Method "*" is any. Routes are tried in the order in which they were added.
  void add(std::string method, std::string_view pattern, ApiHandler handler);

  // Answers 404 when no pattern fits and 405 (with Allow) when only the method does not.
  void route(port::ServerRequest request, std::shared_ptr<port::Responder> responder) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> segments;
    ApiHandler handler;
  };
  std::vector<Route> routes_;
};

}  // namespace slipway::server
