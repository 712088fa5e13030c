#include "server/api/push.h"

namespace slipway::server {

void begin_push(Push& push, const Exchange& exchange) {
  push.server_sent =
      exchange.request.header("accept").find("text/event-stream") != std::string_view::npos;
  push.responder = exchange.responder;
  push.responder->begin(
      {200,
       {{"Content-Type", push.server_sent ? "text/event-stream" : "application/json"},
        {"Cache-Control", "no-store"}},
       ""});
}

void heed_until_gone(const ApiContext& context, const std::shared_ptr<Push>& push,
                     std::function<void(const Change&, const engine::Engine&)> heed) {
  push->subscription = context.access.subscribe(
      [context, push, heed = std::move(heed)](const Change& change, const engine::Engine& engine) {
        if (!push->responder->gone()) return heed(change, engine);
        // Not from inside the call that unsubscribes: that would wait for itself.
        context.background([push, &access = context.access] {
          if (const uint64_t id = push->subscription.exchange(0)) access.unsubscribe(id);
        });
      });
}

}  // namespace slipway::server
