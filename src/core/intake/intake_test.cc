#include "core/intake/intake.h"

#include <gtest/gtest.h>

#include "base/limit.h"

namespace slipway::intake {
namespace {

manifest::Resource resource(manifest::Kind kind, std::string_view text) {
  return {kind, parse_json(text).value().get_object()};
}

manifest::Resource event_source(std::string_view spec) {
  return resource(
      manifest::Kind::kEventSource,
      R"({"metadata":{"name":"gh","namespace":"ci"},"spec":)" + std::string(spec) + "}");
}

manifest::Catalog catalog() {
  manifest::Catalog out;
  out.put(resource(manifest::Kind::kSecret, R"({"metadata":{"name":"hook","namespace":"ci"},
      "stringData":{"secret":"It's a Secret to Everybody\n","token":"t0ken"}})"));
  return out;
}

constexpr std::string_view kGithub = R"({"github":{"pr":{
    "webhook":{"endpoint":"/push","port":"12000","method":"POST"},
    "webhookSecret":{"name":"hook","key":"secret"},"metadata":{"k":"v"}}}})";
constexpr std::string_view kOpen = R"({"github":{"pr":{"webhook":{"endpoint":"/push"}}}})";
constexpr std::string_view kBody = R"({"zen":"b","number":7,"action":"closed",
    "repository":{"full_name":"octo/ride"},"pull_request":{"title":"Fix login","number":7},
    "html":"<b>","big":9007199254740993})";

// HMAC of kBody's bytes is not needed by tests of shape; these use kOpen.
Request post(std::string_view body, std::string_view type = "application/json") {
  Request request;
  request.method = "POST";
  request.path = "/push";
  request.headers = {{"Host", "x"},
                     {"content-type", std::string(type)},
                     {"X-GitHub-Event", "pull_request"},
                     {"X-GitHub-Delivery", "d-1"}};
  request.body = body;
  return request;
}

Outcome github(std::string_view spec, const Request& request) {
  return receive(event_source(spec), "pr", request, catalog());
}

TEST(Signature, MatchesPublishedVector) {
  constexpr std::string_view kSecret = "It's a Secret to Everybody";
  EXPECT_TRUE(
      signature_matches(kSecret, "Hello, World!",
                        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));
  EXPECT_FALSE(
      signature_matches(kSecret, "Hello, World?",
                        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));
  EXPECT_TRUE(signature_matches("key", "The quick brown fox jumps over the lazy dog",
                                "sha1=de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9"));
  for (const std::string_view bad :
       {"", "sha256", "sha256=", "sha256=zz", "md5=00", "=", "sha1=7"}) {
    EXPECT_FALSE(signature_matches(kSecret, "x", bad)) << bad;
  }
}

TEST(Github, ChecksTheSignature) {
  Request request = post("Hello, World!");
  EXPECT_EQ(github(kGithub, request).refusal.status, 400);
  EXPECT_NE(github(kGithub, request).refusal.message.find("missing signature"), std::string::npos);
  request.headers.emplace_back("X-Hub-Signature-256", "sha256=00");
  EXPECT_EQ(github(kGithub, request).refusal.status, 400);
  EXPECT_NE(github(kGithub, request).refusal.message.find("check failed"), std::string::npos);
  request.headers.back().second =
      "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  EXPECT_NE(github(kGithub, request).refusal.message.find("not JSON"), std::string::npos);
  request.headers.back().first = "X-Hub-Signature";
  EXPECT_NE(github(kGithub, request).refusal.message.find("not JSON"), std::string::npos);
}

TEST(Github, AnUnreadableSecretIsOurFault) {
  const auto spec = R"({"github":{"pr":{"webhook":{"endpoint":"/p"},
      "webhookSecret":{"name":"gone","key":"k"}}}})";
  EXPECT_EQ(github(spec, post("{}")).refusal.status, 500);
}

TEST(Github, BuildsThePayload) {
  const Outcome outcome = github(kOpen, post(kBody));
  ASSERT_TRUE(outcome.received) << outcome.refusal.message;
  EXPECT_EQ(outcome.received->type, "github");
  EXPECT_EQ(outcome.received->delivery, "d-1");
  EXPECT_EQ(outcome.received->summary, "pull_request closed octo/ride#7 Fix login");
  EXPECT_EQ(print_json(outcome.received->data, {.escape_html = true}),
            R"({"headers":{"Content-Type":["application/json"],"X-Github-Delivery":["d-1"],)"
            R"("X-Github-Event":["pull_request"]},"body":{"X-GitHub-Delivery":"d-1",)"
            R"("X-GitHub-Event":"pull_request","action":"closed","big":9007199254740993,)"
            R"("html":"\u003cb\u003e","number":7,"pull_request":{"number":7,"title":"Fix login"},)"
            R"("repository":{"full_name":"octo/ride"},"zen":"b"}})");
}

TEST(Github, MetadataAndMaskedAuthorization) {
  const auto spec = R"({"github":{"pr":{"webhook":{"endpoint":"/p",
      "authSecret":{"name":"hook","key":"token"}},"metadata":{"k":"v"}}}})";
  Request request = post("{}");
  EXPECT_EQ(github(spec, request).refusal.status, 401);
  request.headers.emplace_back("Authorization", "Basic x");
  EXPECT_EQ(github(spec, request).refusal.status, 401);
  request.headers.back().second = "Bearer wrong";
  EXPECT_EQ(github(spec, request).refusal.status, 401);
  request.headers.back().second = "Bearer t0ken";
  const Outcome outcome = github(spec, request);
  ASSERT_TRUE(outcome.received);
  const std::string text = print_json(outcome.received->data);
  EXPECT_NE(text.find(R"("Authorization":["*** Masked Auth Secret ***"])"), std::string::npos);
  EXPECT_NE(text.find(R"("metadata":{"k":"v"})"), std::string::npos);
  EXPECT_EQ(text.find("t0ken"), std::string::npos);
}

TEST(Github, AcceptsForms) {
  const Outcome outcome =
      github(kOpen, post("payload=%7B%22a%22%3A%22x+y%22%7D", "application/x-www-form-urlencoded"));
  ASSERT_TRUE(outcome.received) << outcome.refusal.message;
  EXPECT_NE(print_json(outcome.received->data).find(R"("a":"x y")"), std::string::npos);
  EXPECT_EQ(github(kOpen, post("x=1", "application/x-www-form-urlencoded")).refusal.status, 400);
  EXPECT_EQ(github(kOpen, post("payload=%zz", "application/x-www-form-urlencoded")).refusal.status,
            400);
}

TEST(Github, RefusesWhatIsNoEvent) {
  EXPECT_EQ(github(kOpen, post("[1]")).refusal.message, "the body is not a JSON object");
  EXPECT_EQ(github(kOpen, post("{}", "text/plain")).refusal.status, 400);
  EXPECT_EQ(github(kOpen, post("")).refusal.status, 400);
  EXPECT_EQ(github(kOpen, post(std::string(20'000, '['))).refusal.status, 400);
  Request large = post("");
  large.oversize = true;
  EXPECT_EQ(github(kOpen, large).refusal.status, 413);
  const auto small = R"({"github":{"pr":{"webhook":{"endpoint":"/p","maxPayloadSize":4}}}})";
  EXPECT_EQ(github(small, post("{\"a\":1}")).refusal.status, 413);
  EXPECT_EQ(receive(event_source(kOpen), "nope", post("{}"), catalog()).refusal.status, 404);
}

TEST(Github, PingIsAnEvent) {
  Request request =
      post(R"({"zen":"Keep it simple.","hook_id":1,"repository":{"full_name":"o/r"}})");
  request.headers[2].second = "ping";
  const Outcome outcome = github(kOpen, request);
  ASSERT_TRUE(outcome.received);
  EXPECT_TRUE(outcome.received->ping);
  EXPECT_EQ(outcome.received->summary, "ping o/r Keep it simple.");
}

TEST(Github, SummaryIsOneSafeLine) {
  const Outcome outcome = github(kOpen, post(R"({"ref":"refs/heads/main","repository":
      {"full_name":"o/r"},"head_commit":{"message":"Fix\u0007 it\nlong text"}})"));
  ASSERT_TRUE(outcome.received);
  EXPECT_EQ(outcome.received->summary, "pull_request o/r@main Fix  it");
  const Outcome odd = github(kOpen, post(R"({"repository":5,"pull_request":"x","ref":null})"));
  ASSERT_TRUE(odd.received);
  EXPECT_EQ(odd.received->summary, "pull_request");
}

constexpr std::string_view kHook = R"({"webhook":{"pr":{"endpoint":"/x","method":"POST"}}})";

TEST(Webhook, TakesJsonOfAnyKindInItsOwnOrder) {
  const Outcome outcome = github(kHook, post(R"({"b": 1, "a": [2, {"z":0,"y":1}]})", "text/plain"));
  ASSERT_TRUE(outcome.received);
  EXPECT_NE(print_json(outcome.received->data).find(R"("body":{"b":1,"a":[2,{"z":0,"y":1}]}})"),
            std::string::npos);
  EXPECT_NE(print_json(outcome.received->data).find(R"({"header":{"Content-Type")"),
            std::string::npos);
  EXPECT_TRUE(github(kHook, post("5")).received);
  EXPECT_EQ(github(kHook, post("nope")).refusal.status, 400);
  EXPECT_EQ(github(kHook, post("")).refusal.status, 400);
}

TEST(Webhook, FormsAndQueries) {
  const std::string_view form = "application/x-www-form-urlencoded";
  const Outcome posted = github(kHook, post("b=2&a=1&b=%26", form));
  ASSERT_TRUE(posted.received);
  EXPECT_NE(print_json(posted.received->data).find(R"("body":{"a":["1"],"b":["2","&"]})"),
            std::string::npos);
  EXPECT_EQ(github(kHook, post("%", form)).refusal.status, 500);
  EXPECT_EQ(
      github(kHook, post("a=1", "application/x-www-form-urlencoded; charset=utf-8")).refusal.status,
      400);
  Request get;
  get.method = "GET";
  get.query = "q=x%20y&flag";
  const Outcome got = github(R"({"webhook":{"pr":{"endpoint":"/x","method":"GET"}}})", get);
  ASSERT_TRUE(got.received);
  EXPECT_EQ(print_json(got.received->data), R"({"header":{},"body":{"flag":[""],"q":["x y"]}})");
}

TEST(Webhook, ChecksTheMethod) {
  Request request = post("{}");
  request.method = "PUT";
  EXPECT_EQ(github(kHook, request).refusal.status, 400);
  EXPECT_EQ(github(R"({"webhook":{"pr":{"endpoint":"/x"}}})", post("{}")).refusal.status, 400);
}

TEST(Filter, DropsWhatIsFalseOrFails) {
  const auto with = [](std::string_view expression) {
    json::object spec = parse_json(kHook).value().get_object();
    spec["webhook"].get_object()["pr"].get_object()["filter"] = {{"expression", expression}};
    return print_json(spec);
  };
  EXPECT_TRUE(github(with("body.n > 3"), post(R"({"n":4})")).received);
  const Outcome dropped = github(with("body.n > 3"), post(R"({"n":2})"));
  EXPECT_FALSE(dropped.received);
  EXPECT_TRUE(dropped.filtered);
  EXPECT_EQ(dropped.refusal.status, 200);
  // Top-level names are exposed with _ for -; everything below keeps its own.
  EXPECT_TRUE(github(with("body['X-Y'] == 'z'"), post(R"({"X-Y":"z"})")).received);
  EXPECT_TRUE(github(with("header['X-Github-Event'][0] == 'pull_request'"), post("{}")).received);
  EXPECT_TRUE(github(with("body.a.b == 1"), post(R"({"n":2})")).filtered);
  EXPECT_TRUE(github(with("((("), post("{}")).filtered);
  EXPECT_TRUE(github(with("1 + 1"), post("{}")).filtered);
}

TEST(Routes, ListsEventsAndProblems) {
  const Routes found = routes(event_source(R"({"eventBusName":"b","template":{},"service":{},
    "github":{"pr":{"webhook":{"endpoint":"/push","port":"12000","method":"POST"}},
              "nohook":{}, "bad":{"webhook":{"endpoint":"push","port":"12000"}},
              "same":{"webhook":{"endpoint":"/push","port":"12000"}}},
    "webhook":{"hook":{"endpoint":"/h","method":"POST","port":"99999"},
               "tls":{"endpoint":"/t","method":"GET","port":"13000",
                      "serverCertSecret":{"name":"c","key":"tls.crt"},
                      "serverKeySecret":{"name":"c","key":"tls.key"}},
               "any":{"endpoint":"/a","port":"13000"}, "pr":{"endpoint":"/p","method":"POST"}},
    "calendar":{"tick":{"interval":"10s"}}})"));
  ASSERT_EQ(found.routes.size(), 2u);
  EXPECT_EQ(found.routes[0].endpoint, "/push");
  EXPECT_EQ(found.routes[0].ns, "ci");
  EXPECT_EQ(found.routes[0].port, 12000);
  EXPECT_EQ(found.routes[0].method, "");
  EXPECT_EQ(found.routes[1].event, "tls");
  EXPECT_EQ(found.routes[1].tls_cert_key, "tls.crt");
  EXPECT_EQ(found.problems.size(), 6u);
}

TEST(Request, HeaderNamesIgnoreCase) {
  EXPECT_EQ(post("{}").header("x-github-event"), "pull_request");
  EXPECT_EQ(post("{}").header("missing"), "");
}

}  // namespace
}  // namespace slipway::intake
