// Serving HTTP: what a handler gets and how it answers.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::port {

struct ServerRequest {
  std::string method;
  std::string path;   // decoded, without the query
  std::string query;  // raw, without '?'
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string peer;  // address of the other side
  int listener_port = 0;
  bool too_large = false;  // the body passed the listener's limit and was not read; body is empty

  std::string_view header(std::string_view name) const;  // case-insensitive; empty when absent
  std::map<std::string, std::string> query_parameters() const;  // decoded; the last one wins
};

// Percent-decoding; what is not valid stays as it is.
std::string decode_url(std::string_view text, bool plus_is_space);

struct ServerReply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// Answers one request, once: either send(), or begin() followed by write()s and end() or abort().
// May be kept and used from any thread after the handler has returned; dropping it unanswered gives
// 500. When the peer has gone, everything is a no-op and gone() is true; so too once a peer that
// asked for the head alone (HEAD) has got it.
class Responder {
 public:
  virtual ~Responder() = default;
  virtual void send(ServerReply reply) = 0;
  virtual void begin(ServerReply head) = 0;  // body ignored; chunked
  virtual void write(std::string chunk) = 0;
  virtual void end() = 0;
  // The rest can not be sent: the connection is cut, so that the peer does not take it for whole.
  virtual void abort() = 0;
  // Calls `then` once, when all that was written has gone out, or the peer has; never when the
  // server stops first. May be from the I/O thread, so it must be quick. Who has much to send
  // writes a part of it each time: a backlog of more than 4 MiB is taken for a reader that hangs.
  virtual void when_written(std::function<void()> then) = 0;
  virtual bool gone() const = 0;
};

// Called on the server's I/O thread; must not block.
using ServerHandler = std::function<void(ServerRequest, std::shared_ptr<Responder>)>;

}  // namespace slipway::port
