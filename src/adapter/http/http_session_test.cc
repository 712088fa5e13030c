// What a connection does byte by byte, which a well-behaved client does not show.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <string>
#include <vector>

#include "adapter/http/client.h"
#include "adapter/http/server.h"

namespace slipway::adapter {
namespace {

using port::Responder;
using port::ServerRequest;

// A client's end of a connection.
class Wire {
 public:
  explicit Wire(int port, int buffer_bytes = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (buffer_bytes > 0) {
      setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof(buffer_bytes));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }

  void write(const std::string& bytes) {
    EXPECT_TRUE(write_all(socket_.get(), bytes.data(), bytes.size(), "a request").ok());
  }
  // Writes it again and again until the other side has taken nothing for a while.
  void stuff(const std::string& bytes) {
    pollfd writable{socket_.get(), POLLOUT, 0};
    while (::poll(&writable, 1, 300) == 1 && (writable.revents & POLLERR) == 0) {
      if (::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) break;
    }
  }
  // All until the other side closes.
  std::string read() {
    std::string all;
    char bytes[4096];
    for (ssize_t n; (n = ::recv(socket_.get(), bytes, sizeof(bytes), 0)) > 0;) {
      all.append(bytes, static_cast<size_t>(n));
    }
    return all;
  }

 private:
  Fd socket_;
};

TEST(HttpSession, HeadOfAStreamHasNoBody) {
  HttpServer server([](ServerRequest request, std::shared_ptr<Responder> responder) {
    if (request.path == "/plain") return responder->send({200, {}, "plain"});
    responder->begin({200, {}, ""});
    EXPECT_EQ(responder->gone(), request.method == "HEAD");
    responder->write("chunk");
    responder->end();
  });
  Wire wire(server.listen({.address = "127.0.0.1"}).value());
  wire.write(
      "HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n"
      "HEAD /plain HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /plain HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(wire.read(),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nplain");
}

TEST(HttpSession, WhoAsksWhetherToGoOnIsTold) {
  HttpServer server([](ServerRequest request, std::shared_ptr<Responder> responder) {
    responder->send({200, {}, request.body});
  });
  Wire wire(server.listen({.address = "127.0.0.1"}).value());
  wire.write(
      "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\n"
      "Content-Length: 2\r\n\r\nhi");
  EXPECT_EQ(wire.read(),
            "HTTP/1.1 100 Continue\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
}

// Whoever asks for leave to go on and never reads the answer keeps only its own connection busy.
TEST(HttpSession, WhoNeverReadsHoldsUpNobodyElse) {
  HttpServer server([](ServerRequest, std::shared_ptr<Responder> responder) {
    responder->send({200, {}, ""});
  });
  const int port = server.listen({.address = "127.0.0.1"}).value();
  std::string request;
  for (int i = 0; i < 50; ++i) {
    request += "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx";
  }
  std::vector<Wire> silent;
  for (int i = 0; i < 16; ++i) silent.emplace_back(port, 1024).stuff(request);
  CurlHttpClient client;
  const auto response = send_and_wait(client, {.url = "http://127.0.0.1:" + std::to_string(port),
                                               .timeout = Duration::seconds(20)});
  ASSERT_TRUE(response.ok()) << response.error().text();
  EXPECT_EQ(response->status, 200);
}

TEST(HttpSession, AReservedPortIsServedLater) {
  HttpServer server([](ServerRequest request, std::shared_ptr<Responder> responder) {
    responder->send({200, {}, std::to_string(request.listener_port)});
  });
  const auto reserved = reserve_port("127.0.0.1", 0);
  ASSERT_TRUE(reserved.ok()) << reserved.error().text();
  EXPECT_EQ(server.listen({.reserved = &*reserved}).value(), reserved->port);
  CurlHttpClient client;
  const std::string port = std::to_string(reserved->port);
  EXPECT_EQ(send_and_wait(client, {.url = "http://127.0.0.1:" + port})->body, port);
  EXPECT_FALSE(reserve_port("127.0.0.1", reserved->port).ok());
  EXPECT_TRUE(reserve_port("10.255.255.254", 0).ok());  // an address that is not there yet
  EXPECT_FALSE(reserve_port("nonsense", 0).ok());
}

}  // namespace
}  // namespace slipway::adapter
