#include "sim/http.h"

#include <fmt/format.h>

namespace slipway::sim {

void SimHttp::send(port::HttpRequest request, port::HttpDone done) {
  world_.await_point("before a request is sent");
  ++sent_;
  if (!justified(request)) {
    world_.violation(
        4, fmt::format("{} {} is sent before that is durable", request.method, request.url));
  }
  world_.trace("send " + request.url);
  const auto wait = Duration::milliseconds(static_cast<int64_t>(world_.between(1, 5000)));
  world_.later(wait, [done = std::move(done), response = answer()] { done(response); });
  world_.await_point("after a request was sent");
}

bool SimHttp::justified(const port::HttpRequest& request) const {
  const engine::Engine& shadow = journal_.shadow();
  for (const engine::Effect* effect : shadow.outstanding().after(0)) {
    if (effect->kind == engine::Effect::Kind::kSendRequest) {
      const auto planned = shadow.plan_request(*effect, world_.now());
      if (planned.ok() && planned.value().url == request.url) return true;
    } else if (effect->kind == engine::Effect::Kind::kCallTrigger) {
      const sensor::CallHttp* call = shadow.find_trigger_call(effect->id);
      if (call != nullptr && call->url == request.url && call->body == request.body) return true;
    }
  }
  return false;
}

Result<port::HttpResponse> SimHttp::answer() {
  port::HttpResponse response;
  response.status = 200;
  response.body = "{\"ok\":true}";
  if (!world_.chance(world_.faults.http_fails)) return response;
  switch (world_.between(0, 3)) {
    case 0:
      response.status = 429;
      response.headers.emplace_back("Retry-After", "7");
      return response;
    case 1:
      response.status = 500;
      return response;
    case 2:
      return Error{ErrorCode::kTimeout, "no answer within 30 s", ""};
    default:
      return Error{ErrorCode::kUnavailable, "connection refused", ""};
  }
}

}  // namespace slipway::sim
