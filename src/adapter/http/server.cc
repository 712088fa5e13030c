#include "adapter/http/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/strand.hpp>
#include <future>
#include <map>
#include <thread>

#include "adapter/http/session.h"

namespace slipway::adapter {
namespace {

using asio::ip::tcp;

Result<std::shared_ptr<asio::ssl::context>> tls_context(const TlsPair& pair) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  boost::system::error_code failed;
  context->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                       asio::ssl::context::no_tlsv1_1);
  context->use_certificate_chain(asio::buffer(pair.certificate_pem), failed);
  if (failed) {
    return Error{ErrorCode::kInvalid, "the TLS certificate can not be read: " + failed.message(),
                 ""};
  }
  context->use_private_key(asio::buffer(pair.key_pem), asio::ssl::context::pem, failed);
  if (failed)
    return Error{ErrorCode::kInvalid, "the TLS key can not be read: " + failed.message(), ""};
  return context;
}

// A program that this one starts and that outlives it must not hold our ports open.
void keep_to_ourselves(int fd) { fcntl(fd, F_SETFD, FD_CLOEXEC); }

Error cannot_listen(const std::string& address, int port, const std::string& why) {
  return {ErrorCode::kUnavailable, fmt::format("can not listen on {}:{}: {}", address, port, why),
          ""};
}

// Accepts on one address until closed.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(asio::io_context& io, const port::ServerHandler& handler, SessionCounts& counts)
      : acceptor_(io), handler_(handler), counts_(counts) {}

  Result<int> open(const ListenOptions& options) {
    const auto failure = [&](const boost::system::error_code& code) {
      return options.reserved != nullptr
                 ? cannot_listen(options.reserved->address, options.reserved->port, code.message())
                 : cannot_listen(options.address, options.port, code.message());
    };
    boost::system::error_code failed;
    if (options.tls) {
      TRY_ASSIGN(tls_, tls_context(*options.tls));
    }
    if (options.reserved != nullptr) {
      take_over(*options.reserved, failed);
    } else {
      bind(options, failed);
    }
    if (failed) return failure(failed);
    if (acceptor_.listen(1024, failed); failed) return failure(failed);
    limits_ = {options.body_limit, options.bodies_limit};
    port_ = acceptor_.local_endpoint().port();
    accept();
    return port_;
  }

  void close() {
    boost::system::error_code ignored;  // not open any more is what is wanted
    acceptor_.close(ignored);
  }

 private:
  void bind(const ListenOptions& options, boost::system::error_code& failed) {
    const auto address = asio::ip::make_address(options.address, failed);
    if (failed) return;
    const tcp::endpoint endpoint(address, static_cast<unsigned short>(options.port));
    if (acceptor_.open(endpoint.protocol(), failed); failed) return;
    keep_to_ourselves(acceptor_.native_handle());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(endpoint, failed);
  }

  void take_over(const ReservedPort& reserved, boost::system::error_code& failed) {
    const int socket = fcntl(reserved.socket.get(), F_DUPFD_CLOEXEC, 0);
    if (socket < 0) {
      failed.assign(errno, boost::system::system_category());
    } else {
      acceptor_.assign(tcp::v4(), socket, failed);
    }
  }

  void accept() {
    // A strand for each connection: it alone keeps what other threads post in the order they posted
    // it. The loop runs what its own thread posts later than what was posted meanwhile.
    acceptor_.async_accept(
        asio::any_io_executor(asio::make_strand(acceptor_.get_executor())),
        [self = shared_from_this()](boost::system::error_code failed, tcp::socket socket) {
          if (failed == asio::error::operation_aborted || !self->acceptor_.is_open()) return;
          if (!failed && self->counts_.connections < kConnectionLimit)
            self->serve(std::move(socket));
          self->accept();
        });
  }

  void serve(tcp::socket socket) {
    keep_to_ourselves(socket.native_handle());
    boost::system::error_code ignored;  // Nagle is only slower
    socket.set_option(tcp::no_delay(true), ignored);
    beast::tcp_stream stream(std::move(socket));
    if (tls_) {
      beast::ssl_stream<beast::tcp_stream> secure(std::move(stream), *tls_);
      std::make_shared<Session<beast::ssl_stream<beast::tcp_stream>>>(std::move(secure), handler_,
                                                                      limits_, port_, counts_)
          ->start();
    } else {
      std::make_shared<Session<beast::tcp_stream>>(std::move(stream), handler_, limits_, port_,
                                                   counts_)
          ->start();
    }
  }

  tcp::acceptor acceptor_;
  const port::ServerHandler& handler_;
  SessionCounts& counts_;
  std::shared_ptr<asio::ssl::context> tls_;  // null: plain HTTP
  SessionLimits limits_;
  int port_ = 0;
};

}  // namespace

Result<ReservedPort> reserve_port(const std::string& address, int port) {
  sockaddr_in wanted{};
  wanted.sin_family = AF_INET;
  wanted.sin_port = htons(static_cast<uint16_t>(port));
  if (inet_pton(AF_INET, address.c_str(), &wanted.sin_addr) != 1) {
    return cannot_listen(address, port, "not an IPv4 address");
  }
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  socklen_t size = sizeof(wanted);
  auto* raw = reinterpret_cast<sockaddr*>(&wanted);
  if (!socket || setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      setsockopt(socket.get(), IPPROTO_IP, IP_FREEBIND, &on, sizeof(on)) != 0 ||
      ::bind(socket.get(), raw, size) != 0 || getsockname(socket.get(), raw, &size) != 0) {
    return cannot_listen(address, port, std::generic_category().message(errno));
  }
  return ReservedPort{std::move(socket), address, ntohs(wanted.sin_port)};
}

struct HttpServer::Loop {
  explicit Loop(port::ServerHandler given) : handler(std::move(given)), work(io.get_executor()) {
    thread = std::thread([this] { io.run(); });
  }
  ~Loop() {
    work.reset();
    io.stop();
    thread.join();
  }

  port::ServerHandler handler;
  SessionCounts counts;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::map<int, std::shared_ptr<Listener>> listeners;  // touched on the I/O thread only
  std::thread thread;
};

HttpServer::HttpServer(port::ServerHandler handler)
    : loop_(std::make_unique<Loop>(std::move(handler))) {}

HttpServer::~HttpServer() = default;

Result<int> HttpServer::listen(const ListenOptions& options) {
  std::promise<Result<int>> opened;
  asio::post(loop_->io, [this, &options, &opened] {
    auto listener = std::make_shared<Listener>(loop_->io, loop_->handler, loop_->counts);
    Result<int> port = listener->open(options);
    if (port.ok()) loop_->listeners[*port] = listener;
    opened.set_value(std::move(port));
  });
  return opened.get_future().get();
}

void HttpServer::drain(Duration at_most) {
  std::promise<void> closed;
  asio::post(loop_->io, [this, &closed] {
    for (const auto& [port, listener] : loop_->listeners) listener->close();
    loop_->listeners.clear();
    closed.set_value();
  });
  closed.get_future().wait();
  const auto end = std::chrono::steady_clock::now() + std::chrono::nanoseconds(at_most.ns);
  while (loop_->counts.unanswered > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void HttpServer::close(int port) {
  asio::post(loop_->io, [this, port] {
    const auto found = loop_->listeners.find(port);
    if (found == loop_->listeners.end()) return;
    found->second->close();
    loop_->listeners.erase(found);
  });
}

}  // namespace slipway::adapter
