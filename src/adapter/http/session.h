// One connection: reads a request, hands it to the handler, writes the reply, repeats.
#pragma once

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "port/http_server.h"

namespace slipway::adapter {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

inline constexpr size_t kHeaderLimit = 64u << 10;
inline constexpr size_t kWriteBacklogLimit = 4u << 20;
inline constexpr int kConnectionLimit = 4096;

struct SessionCounts {
  std::atomic<int> connections{0};
  std::atomic<int> unanswered{0};  // requests whose answer is not written yet; streams do not count
  std::atomic<size_t> body_bytes{0};  // held for requests that are read or unanswered
};

struct SessionLimits {
  size_t body = 0;    // of one request
  size_t bodies = 0;  // of all of them
};

// Lives on the server's I/O thread, kept alive by its pending operations and its Responder. Stream
// is a beast::tcp_stream or an ssl_stream over one.
template <class Stream>
class Session : public std::enable_shared_from_this<Session<Stream>> {
 public:
  Session(Stream stream, const port::ServerHandler& handler, SessionLimits limits, int port,
          SessionCounts& counts)
      : stream_(std::move(stream)),
        handler_(handler),
        limits_(limits),
        port_(port),
        counts_(counts) {
    // Beast grows its buffer in small steps otherwise; see spec perf.md, section 3.
    buffer_.reserve(kHeaderLimit);
    ++counts_.connections;
  }
  ~Session() {
    count_answered();
    --counts_.connections;
  }

  void start();

 private:
  class Reply;
  using Self = std::shared_ptr<Session>;

  void read_header();
  void read_body();
  void read_on();
  bool hold(size_t bytes);
  void refuse_for_now();
  void deliver(bool too_large);
  void send(port::ServerReply reply, bool streaming);
  void enqueue(std::string bytes, bool last);
  void write_next();
  void finish_request();
  void linger(size_t budget);
  void close();
  void when_written(std::function<void()> then);
  void tell_written();
  void count_answered() {
    if (std::exchange(counted_, false)) --counts_.unanswered;
    counts_.body_bytes -= std::exchange(held_bytes_, 0);
  }
  void expires_in(int seconds) {
    beast::get_lowest_layer(stream_).expires_after(std::chrono::seconds(seconds));
  }

  Stream stream_;
  const port::ServerHandler& handler_;  // outlives every session: the server joins its thread first
  SessionLimits limits_;
  int port_;
  SessionCounts& counts_;
  bool counted_ = false;   // in unanswered
  size_t held_bytes_ = 0;  // in body_bytes

  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  bool keep_alive_ = false;
  bool head_request_ = false;

  std::deque<std::string> outgoing_;
  size_t outgoing_bytes_ = 0;
  bool writing_ = false;
  bool last_queued_ = false;
  // Until nothing is outgoing. Owned by the write in progress: they hold the responder, which holds
  // the session, and all of them go when the server stops.
  using Waiting = std::vector<std::function<void()>>;
  std::weak_ptr<Waiting> waiting_;
  std::atomic<bool> gone_{false};
};

// The Responder a handler holds. Each call hops to the session's strand, which keeps their order.
template <class Stream>
class Session<Stream>::Reply : public port::Responder {
 public:
  explicit Reply(Self session) : session_(std::move(session)), bodiless_(session_->head_request_) {}

  ~Reply() override {
    if (!answered_.exchange(true)) {
      post([](Session& s) {
        s.send(
            {500, {{"Content-Type", "text/plain"}}, "the request was dropped without an answer\n"},
            false);
      });
    } else if (streaming_.exchange(false)) {
      post([](Session& s) { s.enqueue("0\r\n\r\n", true); });
    }
  }

  void send(port::ServerReply reply) override {
    if (answered_.exchange(true)) return;
    post([reply = std::move(reply)](Session& s) mutable { s.send(std::move(reply), false); });
  }
  void begin(port::ServerReply head) override {
    if (answered_.exchange(true)) return;
    streaming_ = !bodiless_;
    post([head = std::move(head)](Session& s) mutable { s.send(std::move(head), true); });
  }
  void write(std::string chunk) override {
    if (!streaming_ || chunk.empty()) return;
    post([chunk = std::move(chunk)](Session& s) {
      char size[32];
      std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
      s.enqueue(size + chunk + "\r\n", false);
    });
  }
  void end() override {
    if (!streaming_.exchange(false)) return;
    post([](Session& s) { s.enqueue("0\r\n\r\n", true); });
  }
  void abort() override {
    answered_ = true;
    if (streaming_.exchange(false)) post([](Session& s) { s.close(); });
  }
  void when_written(std::function<void()> then) override {
    post([then = std::move(then)](Session& s) mutable { s.when_written(std::move(then)); });
  }
  // To who streams an answer, a peer that wanted its head alone has gone.
  bool gone() const override { return session_->gone_ || (bodiless_ && answered_); }

 private:
  template <class Action>
  void post(Action action) {
    asio::post(session_->stream_.get_executor(),
               [session = session_, action = std::move(action)]() mutable { action(*session); });
  }

  Self session_;
  const bool bodiless_;  // the answer to HEAD
  std::atomic<bool> answered_{false};
  std::atomic<bool> streaming_{false};
};

template <class Stream>
void Session<Stream>::start() {
  if constexpr (std::is_same_v<Stream, beast::tcp_stream>) {
    read_header();
  } else {
    expires_in(30);
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [self = this->shared_from_this()](beast::error_code failed) {
                              if (failed) return self->close();
                              self->read_header();
                            });
  }
}

template <class Stream>
void Session<Stream>::read_header() {
  parser_.emplace();
  parser_->header_limit(kHeaderLimit);
  parser_->body_limit(limits_.body);
  expires_in(120);
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = this->shared_from_this()](beast::error_code failed, size_t) {
        if (failed == http::error::header_limit) {
          self->keep_alive_ = false;
          return self->send({431, {}, "request headers larger than 64 KiB\n"}, false);
        }
        if (failed == http::error::body_limit) return self->deliver(true);
        if (failed) return self->close();
        self->read_body();
      });
}

template <class Stream>
void Session<Stream>::read_body() {
  keep_alive_ = parser_->get().keep_alive();
  head_request_ = parser_->get().method() == http::verb::head;
  expires_in(60);
  if (!hold(parser_->content_length().value_or(0))) return refuse_for_now();
  if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    return asio::async_write(stream_, asio::buffer(kContinue),
                             [self = this->shared_from_this()](beast::error_code failed, size_t) {
                               if (failed) return self->close();
                               self->read_on();
                             });
  }
  read_on();
}

template <class Stream>
void Session<Stream>::read_on() {
  if (parser_->is_done()) return deliver(false);
  http::async_read_some(stream_, buffer_, *parser_,
                        [self = this->shared_from_this()](beast::error_code failed, size_t) {
                          if (failed == http::error::body_limit) return self->deliver(true);
                          if (failed) return self->close();
                          // Chunks do not say beforehand how many they are.
                          if (!self->hold(self->parser_->get().body().size())) {
                            return self->refuse_for_now();
                          }
                          self->read_on();
                        });
}

// Counts that many bytes of this request's body; false when that is more than all may hold.
template <class Stream>
bool Session<Stream>::hold(size_t bytes) {
  if (bytes <= held_bytes_) return true;
  if (counts_.body_bytes + bytes - held_bytes_ > limits_.bodies) return false;
  counts_.body_bytes += bytes - std::exchange(held_bytes_, bytes);
  return true;
}

template <class Stream>
void Session<Stream>::refuse_for_now() {
  parser_.reset();
  keep_alive_ = false;
  send({503,
        {{"Content-Type", "text/plain"}, {"Retry-After", "1"}},
        "too many large requests are being dealt with; try again\n"},
       false);
}

template <class Stream>
void Session<Stream>::deliver(bool too_large) {
  auto message = parser_->release();
  port::ServerRequest request;
  request.method = std::string(message.method_string());
  const std::string_view target = message.target();
  const size_t question = target.find('?');
  request.path = port::decode_url(target.substr(0, question), false);
  if (question != std::string_view::npos) request.query = std::string(target.substr(question + 1));
  for (const auto& field : message.base()) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  beast::error_code unknown_peer;
  const auto peer = beast::get_lowest_layer(stream_).socket().remote_endpoint(unknown_peer);
  if (!unknown_peer) request.peer = peer.address().to_string();
  request.listener_port = port_;
  request.too_large = too_large;
  if (too_large) {
    keep_alive_ = false;
  } else {
    request.body = std::move(message.body());
  }
  beast::get_lowest_layer(stream_).expires_never();
  counted_ = true;
  ++counts_.unanswered;
  handler_(std::move(request), std::make_shared<Reply>(this->shared_from_this()));
}

template <class Stream>
void Session<Stream>::send(port::ServerReply reply, bool streaming) {
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " ";
  head += http::obsolete_reason(static_cast<http::status>(reply.status));
  head += "\r\n";
  for (const auto& [name, value] : reply.headers) head += name + ": " + value + "\r\n";
  if (streaming) {
    count_answered();
    head += "Transfer-Encoding: chunked\r\n";
  } else {
    head += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n";
  }
  head += keep_alive_ ? "\r\n" : "Connection: close\r\n\r\n";
  if (!streaming && !head_request_) head += reply.body;
  enqueue(std::move(head), !streaming || head_request_);
}

template <class Stream>
void Session<Stream>::enqueue(std::string bytes, bool last) {
  if (gone_ || last_queued_) return;
  outgoing_bytes_ += bytes.size();
  last_queued_ = last;
  // A single large reply is fine; a reader that lets chunks pile up is not.
  if (outgoing_bytes_ > kWriteBacklogLimit && outgoing_.size() > 1) return close();
  outgoing_.push_back(std::move(bytes));
  if (!writing_) write_next();
}

template <class Stream>
void Session<Stream>::write_next() {
  writing_ = true;
  expires_in(60);
  auto waiting = waiting_.lock();
  if (waiting == nullptr) waiting = std::make_shared<Waiting>();
  waiting_ = waiting;
  asio::async_write(stream_, asio::buffer(outgoing_.front()),
                    [self = this->shared_from_this(), waiting](beast::error_code failed, size_t) {
                      self->writing_ = false;
                      if (failed || self->gone_) return self->close();
                      self->outgoing_bytes_ -= self->outgoing_.front().size();
                      self->outgoing_.pop_front();
                      beast::get_lowest_layer(self->stream_).expires_never();
                      if (!self->outgoing_.empty()) return self->write_next();
                      self->tell_written();
                      if (self->last_queued_) self->finish_request();
                    });
}

template <class Stream>
void Session<Stream>::when_written(std::function<void()> then) {
  if (gone_ || outgoing_.empty()) return then();
  waiting_.lock()->push_back(std::move(then));
}

template <class Stream>
void Session<Stream>::tell_written() {
  const auto waiting = waiting_.lock();
  if (waiting == nullptr) return;
  for (const auto& then : std::exchange(*waiting, {})) then();
}

template <class Stream>
void Session<Stream>::finish_request() {
  last_queued_ = false;
  count_answered();
  if (keep_alive_) return read_header();
  beast::error_code ignored;  // the peer may have gone already
  beast::get_lowest_layer(stream_).socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  expires_in(5);
  linger(64u << 20);
}

// Reads on and drops what still comes: closing with unread bytes would reset the connection, and
// the peer might never see the answer.
template <class Stream>
void Session<Stream>::linger(size_t budget) {
  buffer_.clear();
  auto& socket = beast::get_lowest_layer(stream_);
  socket.async_read_some(
      buffer_.prepare(kHeaderLimit),
      [self = this->shared_from_this(), budget](beast::error_code failed, size_t bytes) {
        if (failed || bytes >= budget) return self->close();
        self->linger(budget - bytes);
      });
}

template <class Stream>
void Session<Stream>::close() {
  if (gone_.exchange(true)) return;
  count_answered();
  outgoing_.clear();
  tell_written();
  beast::error_code ignored;  // closing is all that is left to do
  auto& socket = beast::get_lowest_layer(stream_).socket();
  socket.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  beast::get_lowest_layer(stream_).close();
}

}  // namespace slipway::adapter
