#include "core/workflow/request_http.h"

#include <gtest/gtest.h>

namespace slipway::workflow {
namespace {

json::object parse(std::string_view text) { return parse_json(text).value().get_object(); }

manifest::Catalog with_secret() {
  manifest::Catalog catalog;
  catalog.put({manifest::Kind::kSecret, parse(R"({"metadata": {"name": "s", "namespace": "ci"},
                         "stringData": {"token": "abc\n", "evil": "a\r\nX: 1"}})")});
  return catalog;
}

Result<PlannedRequest> http(std::string_view text) {
  return build_http_request(parse(text), with_secret(), "ci", "uid/node");
}

std::string key_of(std::string_view text) {
  std::string key = "none";
  const PlannedRequest request = http(text).value();
  for (const auto& [name, value] : request.headers) {
    if (name == "Idempotency-Key" || name == "idempotency-key") key = value;
  }
  return key;
}

TEST(HttpRequest, Fields) {
  const PlannedRequest request =
      http(R"({"url": "http://x", "method": "POST", "bodyFrom": {"bytes": "aGk="},
               "timeoutSeconds": 5, "insecureSkipVerify": true, "headers": [
               {"name": "A", "value": "b"},
               {"name": "T", "valueFrom": {"secretKeyRef": {"name": "s", "key": "token"}}}]})")
          .value();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.body, "hi");
  EXPECT_EQ(request.timeout, Duration::seconds(5));
  EXPECT_TRUE(request.insecure_skip_verify);
  EXPECT_EQ(request.headers.at(1).second, "abc");
  EXPECT_EQ(http(R"({"url": "http://x"})")->method, "GET");
  EXPECT_EQ(http(R"({"url": "http://x"})")->timeout, Duration::seconds(30));
}

TEST(HttpRequest, WhatMustNotHappenTwiceCarriesAKey) {
  EXPECT_EQ(key_of(R"({"url": "http://x", "method": "POST"})"), "uid/node");
  EXPECT_EQ(key_of(R"({"url": "http://x", "method": "PATCH"})"), "uid/node");
  EXPECT_EQ(key_of(R"({"url": "http://x"})"), "none");
  EXPECT_EQ(key_of(R"({"url": "http://x", "method": "POST",
                       "headers": [{"name": "idempotency-key", "value": "mine"}]})"),
            "mine");
}

TEST(HttpRequest, Refusals) {
  EXPECT_FALSE(http("{}").ok());
  EXPECT_FALSE(http(R"({"url": "http://x", "method": "GET /"})").ok());
  EXPECT_FALSE(http(R"({"url": "http://x", "timeoutSeconds": -1})").ok());
  EXPECT_FALSE(http(R"({"url": "http://x", "bodyFrom": {"bytes": "!"}})").ok());
  EXPECT_FALSE(
      http(R"({"url": "http://x", "headers": [{"name": "A", "value": "x\r\nB: c"}]})").ok());
  EXPECT_FALSE(http(R"({"url": "http://x", "headers": [{"name": "A: B", "value": "x"}]})").ok());
  EXPECT_FALSE(http(R"({"url": "http://x", "headers": [{"name": "T", "valueFrom":
                     {"secretKeyRef": {"name": "s", "key": "evil"}}}]})")
                   .ok());
  EXPECT_EQ(http(R"({"url": "http://x", "headers": [{"name": "T", "valueFrom":
                  {"secretKeyRef": {"name": "gone", "key": "k"}}}]})")
                .error()
                .code,
            ErrorCode::kNotFound);
}

TEST(PluginRequest, BuiltInTasksAndOthers) {
  const auto plugin = [](std::string_view text) {
    return build_plugin_request(parse(text), with_secret(), "ci", "uid/node");
  };
  const PlannedRequest request =
      plugin(R"({"asana": {"tokenSecret": {"name": "s", "key": "token"}, "task": "1234567",
                           "action": "complete", "apiUrl": "http://a"}})")
          .value();
  EXPECT_EQ(request.url, "http://a/tasks/1234567");
  EXPECT_FALSE(request.nothing_to_do.has_value());
  EXPECT_EQ(plugin(R"({"asana": {"tokenSecret": {"name": "s", "key": "token"}, "from": "none",
                                 "action": "complete"}})")
                ->nothing_to_do,
            "no Asana task linked");
  EXPECT_EQ(plugin(R"({"hello": {}})").error().code, ErrorCode::kUnsupported);
  EXPECT_FALSE(plugin("{}").ok());
  EXPECT_FALSE(plugin(R"({"slack": [], "asana": {}})").ok());
  EXPECT_FALSE(plugin(R"({"slack": "x"})").ok());
}

}  // namespace
}  // namespace slipway::workflow
