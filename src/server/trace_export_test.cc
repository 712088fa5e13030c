#include "server/trace_export.h"

#include <gtest/gtest.h>

#include "core/view/trace.h"

namespace slipway::server {
namespace {

// Answers when the test says so.
struct HeldHttp : port::HttpClient {
  void send(port::HttpRequest request, port::HttpDone done) override {
    requests.push_back(std::move(request));
    waiting.push_back(std::move(done));
  }
  void answer(Result<port::HttpResponse> response) {
    ASSERT_FALSE(waiting.empty());
    const port::HttpDone done = std::move(waiting.front());
    waiting.erase(waiting.begin());
    done(std::move(response));
  }
  void answer(int status, std::vector<std::pair<std::string, std::string>> headers = {}) {
    answer(Result<port::HttpResponse>(port::HttpResponse{status, std::move(headers), "words"}));
  }
  std::vector<port::HttpRequest> requests;
  std::vector<port::HttpDone> waiting;
};

json::array trace(std::string_view name, size_t spans = 1) {
  json::array made;
  for (size_t i = 0; i < spans; ++i) made.push_back(json::object{{"name", name}});
  return made;
}

class TraceExportTest : public testing::Test {
 protected:
  size_t count(std::string_view name) const {  // in the last request
    const std::string& body = http_.requests.back().body;
    size_t found = 0;
    const std::string wanted = "\"name\":\"" + std::string(name) + "\"";
    for (size_t at = 0; (at = body.find(wanted, at)) != body.npos; ++at) ++found;
    return found;
  }
  void pass_time() {
    ASSERT_FALSE(timers_.empty());
    const auto work = std::move(timers_.front().second);
    timers_.erase(timers_.begin());
    work();
  }

  HeldHttp http_;
  std::vector<std::pair<Duration, std::function<void()>>> timers_;
  std::vector<std::string> told_;
  TraceExport traces_{http_,
                      [this](Duration delay, std::function<void()> work) {
                        timers_.emplace_back(delay, std::move(work));
                      },
                      {.url = "http://collector/v1/traces", .headers = {{"api-key", "k"}}},
                      [this](const std::string& line) { told_.push_back(line); }};
};

TEST_F(TraceExportTest, SendsOneRequestAtATimeAndThenAllThatCame) {
  traces_.add(trace("a"));
  traces_.add(trace("b"));
  traces_.add(trace("c"));
  ASSERT_EQ(http_.requests.size(), 1u);
  EXPECT_EQ(http_.requests[0].method, "POST");
  EXPECT_EQ(http_.requests[0].url, "http://collector/v1/traces");
  EXPECT_EQ(http_.requests[0].headers,
            (std::vector<std::pair<std::string, std::string>>{
                {"api-key", "k"}, {"Content-Type", "application/json"}}));
  EXPECT_EQ(count("a"), 1u);
  http_.answer(200);
  ASSERT_EQ(http_.requests.size(), 2u);
  EXPECT_EQ(count("a"), 0u);
  EXPECT_EQ(count("b") + count("c"), 2u);
  http_.answer(200);
  EXPECT_EQ(http_.requests.size(), 2u);
  EXPECT_TRUE(told_.empty());
}

TEST_F(TraceExportTest, TriesAgainWithLongerPausesAndSaysSoOnce) {
  traces_.add(trace("a"));
  http_.answer(Error{ErrorCode::kUnavailable, "connection refused", "collector"});
  pass_time();
  EXPECT_EQ(count("a"), 1u);
  http_.answer(Error{ErrorCode::kUnavailable, "connection refused", "collector"});
  ASSERT_EQ(timers_.size(), 1u);
  EXPECT_EQ(timers_[0].first, Duration::seconds(2));
  traces_.add(trace("b"));
  EXPECT_EQ(http_.requests.size(), 2u) << "not before the pause is over";
  pass_time();
  EXPECT_EQ(count("a") + count("b"), 2u);
  http_.answer(200);
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_NE(told_[0].find("connection refused"), std::string::npos);
}

TEST_F(TraceExportTest, HeedsRetryAfter) {
  traces_.add(trace("a"));
  http_.answer(429, {{"retry-after", "7"}});
  ASSERT_EQ(timers_.size(), 1u);
  EXPECT_EQ(timers_[0].first, Duration::seconds(7));
}

TEST_F(TraceExportTest, WhatIsRefusedForGoodIsDroppedAndSaid) {
  traces_.add(trace("a"));
  traces_.add(trace("b"));
  http_.answer(400);
  EXPECT_TRUE(timers_.empty());
  EXPECT_EQ(count("b"), 1u);
  ASSERT_EQ(told_.size(), 1u);
  EXPECT_NE(told_[0].find("400"), std::string::npos);
}

TEST_F(TraceExportTest, ForgetsTheOldestWhenItIsTooMuch) {
  traces_.add(trace("sent"));
  for (int i = 0; i < 6; ++i) traces_.add(trace("t" + std::to_string(i), 10'000));
  EXPECT_EQ(told_.size(), 1u);
  http_.answer(200);
  EXPECT_EQ(count("t0"), 0u) << "the oldest that was not being sent is gone";
  EXPECT_EQ(count("t1"), 0u);
  EXPECT_EQ(count("t2"), 10'000u);
}

TEST_F(TraceExportTest, AtTheEndItSendsAtOnceAndSaysWhenAllIsTaken) {
  int emptied = 0;
  traces_.flush([&] { ++emptied; });
  EXPECT_EQ(emptied, 1) << "nothing waits";
  traces_.add(trace("a"));
  http_.answer(429, {{"retry-after", "30"}});
  traces_.flush([&] { ++emptied; });
  ASSERT_EQ(http_.requests.size(), 2u) << "the pause is over";
  EXPECT_EQ(count("a"), 1u);
  traces_.add(trace("b"));
  http_.answer(503);
  pass_time();  // the pause that was cut short: it changes nothing
  pass_time();
  EXPECT_EQ(traces_.waiting_spans(), 2u);
  EXPECT_EQ(emptied, 1);
  http_.answer(200);
  EXPECT_EQ(emptied, 2);
  EXPECT_EQ(traces_.waiting_spans(), 0u);
}

TEST_F(TraceExportTest, AnAnswerAfterItsEndIsIgnored) {
  {
    TraceExport gone(
        http_, [](Duration, std::function<void()>) { FAIL(); }, {.url = "http://x"},
        [](const std::string&) {});
    gone.add(trace("a"));
  }
  http_.answer(503);
}

}  // namespace
}  // namespace slipway::server
