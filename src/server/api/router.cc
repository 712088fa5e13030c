#include "server/api/router.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/api/reply.h"

namespace slipway::server {
namespace {

std::string rest_of(const std::vector<std::string>& segments, size_t from) {
  std::string rest;
  for (size_t i = from; i < segments.size(); ++i) rest += (i > from ? "/" : "") + segments[i];
  return rest;
}

std::optional<std::map<std::string, std::string>> match(const std::vector<std::string>& pattern,
                                                        const std::vector<std::string>& path) {
  std::map<std::string, std::string> values;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const std::string& want = pattern[i];
    if (want.ends_with("...}")) {
      values[want.substr(1, want.size() - 5)] = rest_of(path, i);
      return values;
    }
    if (i >= path.size()) return std::nullopt;
    if (want.starts_with('{')) {
      if (path[i].empty()) return std::nullopt;
      values[want.substr(1, want.size() - 2)] = path[i];
    } else if (want != path[i]) {
      return std::nullopt;
    }
  }
  if (path.size() != pattern.size()) return std::nullopt;
  return values;
}

}  // namespace

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const size_t end = path.find('/');
    segments.emplace_back(path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view() : path.substr(end);
  }
  return segments;
}

std::string Exchange::parameter(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string() : found->second;
}

void Router::add(std::string method, std::string_view pattern, ApiHandler handler) {
  routes_.push_back({std::move(method), split_path(pattern), std::move(handler)});
}

void Router::route(port::ServerRequest request, std::shared_ptr<port::Responder> responder) const {
  const std::vector<std::string> path = split_path(request.path);
  std::string allowed;
  for (const Route& candidate : routes_) {
    auto values = match(candidate.segments, path);
    if (!values) continue;
    const bool head = request.method == "HEAD" && candidate.method == "GET";
    if (candidate.method != "*" && candidate.method != request.method && !head) {
      if (allowed.find(candidate.method) == std::string::npos) {
        allowed += (allowed.empty() ? "" : ", ") + candidate.method;
      }
      continue;
    }
    std::map<std::string, std::string> query = request.query_parameters();
    candidate.handler(
        Exchange{std::move(request), std::move(*values), std::move(query), std::move(responder)});
    return;
  }
  if (!allowed.empty()) {
    port::ServerReply reply =
        status_reply(405, request.method + " is not allowed here; " + allowed + " is");
    reply.headers.emplace_back("Allow", allowed);
    return responder->send(std::move(reply));
  }
  responder->send(status_reply(404, "there is nothing at " + request.path));
}

}  // namespace slipway::server
