// A response that stays open and is written to when something changes: JSON lines, or server-sent
// events for who accepts those.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "server/api/api.h"

namespace slipway::server {

// Lives until its peer has gone: the subscription holds it.
struct Push {
  std::shared_ptr<port::Responder> responder;
  bool server_sent = false;
  std::atomic<uint64_t> subscription{0};

  // One line, or one event, as it is written.
  std::string framed(const json::object& line) const { return framed_text(print_json(line)); }
  std::string framed_text(const std::string& line) const {
    return server_sent ? "data: " + line + "\n\n" : line + "\n";
  }
};

// Sends the response's head.
void begin_push(Push& push, const Exchange& exchange);

// Calls `heed` on the driver's thread after each commit, until the peer has gone.
void heed_until_gone(const ApiContext& context, const std::shared_ptr<Push>& push,
                     std::function<void(const Change&, const engine::Engine&)> heed);

}  // namespace slipway::server
