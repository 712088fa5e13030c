#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "adapter/http/client.h"
#include "adapter/http/server.h"

namespace slipway::adapter {
namespace {

using port::HttpRequest;
using port::Responder;
using port::ServerReply;
using port::ServerRequest;

std::string url(int port, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(port) + path;
}

TEST(Http, AnswersWithWhatTheHandlerSends) {
  HttpServer server([](ServerRequest request, std::shared_ptr<Responder> responder) {
    responder->send({201,
                     {{"X-Seen", std::string(request.header("x-asked"))}},
                     request.method + " " + request.path + " " + request.query_parameters()["a"] +
                         " " + request.body});
  });
  const int port = server.listen({.address = "127.0.0.1"}).value();
  CurlHttpClient client;
  for (int i = 0; i < 3; ++i) {
    const auto response = send_and_wait(client, {.method = "POST",
                                                 .url = url(port, "/x%20y?a=1%2B2"),
                                                 .headers = {{"X-Asked", "yes"}},
                                                 .body = "hello"});
    ASSERT_TRUE(response.ok()) << response.error().text();
    EXPECT_EQ(response->status, 201);
    EXPECT_EQ(response->body, "POST /x y 1+2 hello");
    EXPECT_EQ(response->header("x-seen"), "yes");
  }
}

TEST(Http, TellsTheHandlerWhenABodyIsTooLarge) {
  HttpServer server([](ServerRequest request, std::shared_ptr<Responder> responder) {
    responder->send({request.too_large ? 413 : 200, {}, std::to_string(request.body.size())});
  });
  const int port = server.listen({.address = "127.0.0.1", .body_limit = 1000}).value();
  CurlHttpClient client;
  const auto fits = send_and_wait(
      client, {.method = "POST", .url = url(port, "/"), .body = std::string(1000, 'x')});
  EXPECT_EQ(fits->status, 200);
  const auto large = send_and_wait(
      client, {.method = "POST", .url = url(port, "/"), .body = std::string(1001, 'x')});
  EXPECT_EQ(large->status, 413);
  EXPECT_EQ(large->body, "0");
}

TEST(Http, RefusesForNowWhatWouldHoldTooMuchAtOnce) {
  std::promise<std::shared_ptr<Responder>> first;
  std::atomic<int> seen = 0;
  HttpServer server([&](ServerRequest request, std::shared_ptr<Responder> responder) {
    if (++seen == 1) return first.set_value(std::move(responder));
    responder->send({200, {}, std::to_string(request.body.size())});
  });
  const int port = server.listen({.address = "127.0.0.1", .bodies_limit = 1500}).value();
  CurlHttpClient client;
  const auto post = [&](size_t bytes, std::vector<std::pair<std::string, std::string>> headers) {
    return HttpRequest{.method = "POST",
                       .url = url(port, "/"),
                       .headers = std::move(headers),
                       .body = std::string(bytes, 'x')};
  };
  std::promise<int> answered;
  client.send(post(1000, {}), [&](Result<port::HttpResponse> response) {
    answered.set_value(response.ok() ? response->status : 0);
  });
  const auto responder = first.get_future().get();

  const auto busy = send_and_wait(client, post(501, {}));
  ASSERT_TRUE(busy.ok()) << busy.error().text();
  EXPECT_EQ(busy->status, 503);
  EXPECT_EQ(busy->header("Retry-After"), "1");
  const auto chunked = send_and_wait(client, post(501, {{"Transfer-Encoding", "chunked"}}));
  ASSERT_TRUE(chunked.ok()) << chunked.error().text();
  EXPECT_EQ(chunked->status, 503);
  EXPECT_EQ(send_and_wait(client, post(500, {}))->body, "500");

  responder->send({204, {}, ""});
  EXPECT_EQ(answered.get_future().get(), 204);
  EXPECT_EQ(send_and_wait(client, post(501, {}))->body, "501");
}

TEST(Http, StreamsChunksUntilTheResponderEnds) {
  HttpServer server([](ServerRequest, std::shared_ptr<Responder> responder) {
    responder->begin({200, {{"Content-Type", "text/event-stream"}}, ""});
    responder->write("one ");
    responder->write("two");
    responder->end();
  });
  const int port = server.listen({.address = "127.0.0.1"}).value();
  CurlHttpClient client;
  EXPECT_EQ(send_and_wait(client, {.url = url(port, "/")})->body, "one two");
}

TEST(Http, WhatIsMuchGoesOutPartByPart) {
  const std::string part(1u << 20, 'x');
  std::function<void(std::shared_ptr<Responder>, int)> send = [&](auto responder, int parts) {
    if (parts == 0) return responder->end();
    responder->write(part);
    responder->when_written([&send, responder, parts] { send(responder, parts - 1); });
  };
  HttpServer server([&](ServerRequest, std::shared_ptr<Responder> responder) {
    responder->begin({200, {}, ""});
    send(responder, 64);
  });
  const int port = server.listen({.address = "127.0.0.1"}).value();
  CurlHttpClient client;
  const auto response =
      send_and_wait(client, {.url = url(port, "/"), .max_response_bytes = 128u << 20});
  ASSERT_TRUE(response.ok()) << response.error().text();
  EXPECT_EQ(response->body.size(), 64 * part.size());
}

TEST(Http, AStreamThatIsAbortedIsNotTakenForWhole) {
  HttpServer server([&](ServerRequest, std::shared_ptr<Responder> responder) {
    responder->begin({200, {}, ""});
    responder->write("half");
    responder->when_written([responder] { responder->abort(); });
  });
  const int port = server.listen({.address = "127.0.0.1"}).value();
  CurlHttpClient client;
  EXPECT_EQ(send_and_wait(client, {.url = url(port, "/")}).error().code, ErrorCode::kUnavailable);
}

// A watch: its first chunk comes from another thread while the handler is still at work.
TEST(Http, TheHeadOfAStreamComesBeforeWhatAnotherThreadWrites) {
  HttpServer server([](ServerRequest, std::shared_ptr<Responder> responder) {
    responder->begin({200, {}, ""});
    std::thread([&] { responder->write("first"); }).join();
    responder->end();
  });
  const int port = server.listen({.address = "127.0.0.1"}).value();
  CurlHttpClient client;
  const auto response = send_and_wait(client, {.url = url(port, "/")});
  ASSERT_TRUE(response.ok()) << response.error().text();
  EXPECT_EQ(response->body, "first");
}

TEST(Http, AForgottenRequestGets500) {
  HttpServer server([](ServerRequest, std::shared_ptr<Responder>) {});
  const int port = server.listen({.address = "127.0.0.1"}).value();
  CurlHttpClient client;
  EXPECT_EQ(send_and_wait(client, {.url = url(port, "/")})->status, 500);
}

TEST(Http, DrainingWritesWhatIsAnsweredAndTakesNobodyIn) {
  std::promise<std::shared_ptr<Responder>> arrived;
  HttpServer server([&](ServerRequest request, std::shared_ptr<Responder> responder) {
    if (request.path == "/stream") return responder->begin({200, {}, ""});
    arrived.set_value(std::move(responder));
  });
  const int port = server.listen({.address = "127.0.0.1"}).value();
  CurlHttpClient client;
  std::promise<std::string> body;
  client.send({.url = url(port, "/")}, [&](Result<port::HttpResponse> response) {
    body.set_value(response.ok() ? response->body : response.error().text());
  });
  const std::shared_ptr<Responder> responder = arrived.get_future().get();
  std::thread late([&] { responder->send({200, {}, std::string(1 << 20, 'x')}); });
  server.drain(Duration::seconds(20));
  late.join();
  EXPECT_EQ(body.get_future().get().size(), 1u << 20);
  CurlHttpClient stranger;
  EXPECT_EQ(send_and_wait(stranger, {.url = url(port, "/")}).error().code, ErrorCode::kUnavailable);
}

TEST(Http, APortInUseIsNamed) {
  HttpServer server([](ServerRequest, std::shared_ptr<Responder>) {});
  const int port = server.listen({.address = "127.0.0.1"}).value();
  const auto again = server.listen({.address = "127.0.0.1", .port = port});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(again.error().message.find(std::to_string(port)), std::string::npos);
}

TEST(Http, TheClientSaysWhyThereIsNoAnswer) {
  std::promise<std::shared_ptr<Responder>> arrived;
  HttpServer server([&](ServerRequest, std::shared_ptr<Responder> responder) {
    arrived.set_value(std::move(responder));
  });
  const int port = server.listen({.address = "127.0.0.1"}).value();
  CurlHttpClient client;
  const auto slow =
      send_and_wait(client, {.url = url(port, "/"), .timeout = Duration::milliseconds(100)});
  EXPECT_EQ(slow.error().code, ErrorCode::kTimeout);
  arrived.get_future().get().reset();
  server.close(port);
  EXPECT_EQ(send_and_wait(client, {.url = "http://127.0.0.1:1/"}).error().code,
            ErrorCode::kUnavailable);
  EXPECT_EQ(send_and_wait(client, {.url = "ftp://127.0.0.1/"}).error().code, ErrorCode::kInvalid);
}

TEST(Http, AnAnswerThatIsTooLargeIsCutOff) {
  HttpServer server([](ServerRequest, std::shared_ptr<Responder> responder) {
    responder->send({200, {}, std::string(100'000, 'x')});
  });
  const int port = server.listen({.address = "127.0.0.1"}).value();
  CurlHttpClient client;
  const auto cut = send_and_wait(client, {.url = url(port, "/"), .max_response_bytes = 1000});
  EXPECT_EQ(cut.error().code, ErrorCode::kLimit);
}

}  // namespace
}  // namespace slipway::adapter
