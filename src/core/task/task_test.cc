#include "core/task/task.h"

#include <gtest/gtest.h>

namespace slipway::task {
namespace {

using Outcome = TaskVerdict::Outcome;

Result<std::string> secrets(std::string_view name, std::string_view key) {
  if (name == "ci" && key == "token") return std::string("t0ken\n");
  if (name == "ci" && key == "hook") return std::string("http://127.0.0.1:9/services/T/B/x");
  if (name == "ci" && key == "bad") return std::string("a\r\nX-Evil: 1");
  return Error{ErrorCode::kNotFound, "no such Secret", {}};
}

Result<TaskRequest> build(std::string_view name, std::string_view arguments) {
  return build_task(name, parse_json(arguments)->get_object(), secrets, "uid/node");
}

std::string error_of(std::string_view name, std::string_view arguments) {
  const auto built = build(name, arguments);
  return built.ok() ? "no error" : built.error().text();
}

std::string header(const TaskRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return {};
}

constexpr std::string_view kToken = R"("tokenSecret": {"name": "ci", "key": "token"})";

std::string with_token(std::string_view rest) {
  return "{" + std::string(kToken) + (rest.empty() ? "" : ", ") + std::string(rest) + "}";
}

TEST(Slack, BotRequest) {
  const TaskRequest request =
      build("slack", with_token(R"("channel": "C1", "apiUrl": "http://localhost:1/api/",
          "status": "Failed", "title": "svc", "url": "https://ci/1", "duration": "252.031",
          "threadTs": "1.2", "commits": "[{\"id\":\"abcdef0123\",\"message\":\"one\\ntwo\",\"url\":\"https://gh/c\"}]", "pullRequest": {"number": 7, "title": "T", "url": ""},
          "log": "boom")"))
          .value();
  EXPECT_EQ(request.url, "http://localhost:1/api/chat.postMessage");
  EXPECT_EQ(header(request, "Authorization"), "Bearer t0ken");
  EXPECT_EQ(header(request, "Idempotency-Key"), "uid/node");
  const json::object body = parse_json(request.body)->get_object();
  EXPECT_EQ(get_string(body, "channel"), "C1");
  EXPECT_EQ(get_string(body, "thread_ts"), "1.2");
  EXPECT_EQ(find_path(body, {"metadata", "event_payload", "idempotency_key"})->as_string(),
            "uid/node");
  EXPECT_NE(request.body.find("failed in 4m12s"), std::string::npos);
  EXPECT_NE(request.body.find("<https://gh/c|abcdef0 one>"), std::string::npos);
  EXPECT_NE(request.body.find("*#7 T*"), std::string::npos);
  EXPECT_EQ(build("slack", with_token(R"("channel": "C", "status": "Running", "title": "x",
                                         "updateTs": "5.6")"))
                ->url,
            "https://slack.com/api/chat.update");
}

TEST(Slack, WebhookRequest) {
  const TaskRequest request =
      build("slack", R"({"webhookSecret": {"name": "ci", "key": "hook"}, "status": "Succeeded",
                         "title": "svc"})")
          .value();
  EXPECT_EQ(request.url, "http://127.0.0.1:9/services/T/B/x");
  EXPECT_EQ(header(request, "Authorization"), "");
  EXPECT_EQ(request.body.find("metadata"), std::string::npos);
}

TEST(Slack, WrongArgumentsAreNamed) {
  EXPECT_NE(error_of("slack", with_token(R"("chanel": "C")")).find("did you mean channel?"),
            std::string::npos);
  EXPECT_NE(error_of("slack", with_token(R"("status": "Failed", "title": "x")")).find("channel"),
            std::string::npos);
  EXPECT_NE(error_of("slack", R"({"status": "Failed", "title": "x"})").find("webhookSecret"),
            std::string::npos);
  EXPECT_NE(error_of("slack", R"({"webhookSecret": "https://hooks", "status": "F", "title": "x"})")
                .find("must name a Secret"),
            std::string::npos);
  EXPECT_NE(error_of("slack", R"({"tokenSecret": {"name": "ci", "key": "bad"}, "channel": "C",
                                  "status": "Failed", "title": "x"})")
                .find("characters"),
            std::string::npos);
  EXPECT_NE(error_of("slack", with_token(R"("channel": "C", "status": "Failed", "title": "x",
                                            "commits": "not json")"))
                .find("commits"),
            std::string::npos);
  EXPECT_EQ(build("slack", R"({"tokenSecret": {"name": "gone", "key": "k"}, "channel": "C",
                               "status": "Failed", "title": "x"})")
                .error()
                .code,
            ErrorCode::kNotFound);
}

TEST(Slack, Judgement) {
  const auto judged = [](int status, std::string_view body, Headers headers = {}) {
    return judge("slack", status, headers, body, {});
  };
  EXPECT_EQ(judged(200, "ok").outcome, Outcome::kSucceeded);
  EXPECT_EQ(judged(200, R"({"ok":true,"ts":"1"})").outcome, Outcome::kSucceeded);
  const TaskVerdict refused = judged(200, R"({"ok":false,"error":"channel_not_found"})");
  EXPECT_EQ(refused.outcome, Outcome::kFailed);
  EXPECT_NE(refused.message.find("channel_not_found"), std::string::npos);
  EXPECT_EQ(judged(200, R"({"ok":false,"error":"ratelimited"})").outcome, Outcome::kRetry);
  const TaskVerdict limited = judged(429, "", {{"retry-after", "7"}});
  EXPECT_EQ(limited.outcome, Outcome::kRetry);
  EXPECT_EQ(limited.after, Duration::seconds(7));
  EXPECT_EQ(judged(503, "").outcome, Outcome::kRetry);
  EXPECT_FALSE(judged(503, "").after.has_value());
  EXPECT_EQ(judged(403, "invalid_token").message, "Slack answered 403: invalid_token");
  EXPECT_EQ(judged(429, "", {{"Retry-After", "999999999"}}).after, Duration::seconds(3600));
  EXPECT_FALSE(judged(429, "", {{"Retry-After", "soon"}}).after.has_value());
}

TEST(Asana, Changes) {
  const auto request = [](std::string_view rest) {
    return build("asana", with_token(rest)).value();
  };
  const TaskRequest comment = request(R"("task": "1234567", "text": "done <b>")");
  EXPECT_EQ(comment.url, "https://app.asana.com/api/1.0/tasks/1234567/stories");
  EXPECT_EQ(comment.body, R"({"data":{"text":"done <b>"}})");
  EXPECT_EQ(comment.method, "POST");
  const TaskRequest complete = request(
      R"("from": "see https://app.asana.com/0/1/7654321 and https://app.asana.com/0/1/1111111", "action": "complete", "apiUrl": "http://a:1")");
  EXPECT_EQ(complete.method, "PUT");
  EXPECT_EQ(complete.url, "http://a:1/tasks/7654321");
  EXPECT_EQ(complete.body, R"({"data":{"completed":true}})");
  EXPECT_EQ(request(R"("task": "https://app.asana.com/1/9/task/1234567", "action": "section",
                       "section": "42")")
                .body,
            R"({"data":{"task":"1234567"}})");
  EXPECT_EQ(request(R"("task": 1234567, "action": "customField", "customField": "5",
                       "value": "6")")
                .body,
            R"({"data":{"custom_fields":{"5":"6"}}})");
  EXPECT_EQ(
      request(R"("task": "1234567", "action": "link", "url": "https://pr", "text": "PR")").url,
      "https://app.asana.com/api/1.0/attachments");
}

TEST(Asana, NoLinkedTaskIsNothingToDo) {
  for (const std::string_view from : {"", "no link", "https://app.asana.com/0/1/list"}) {
    const auto built =
        build("asana", with_token(R"("action": "complete", "from": ")" + std::string(from) + '"'));
    ASSERT_TRUE(built.ok()) << built.error().text();
    EXPECT_EQ(built->nothing_to_do, "no Asana task linked");
    EXPECT_TRUE(built->url.empty());
  }
  const TaskVerdict verdict =
      judge("asana", 204, {{"slipway-nothing-to-do", "no Asana task linked"}}, "", {});
  EXPECT_EQ(verdict.outcome, Outcome::kSucceeded);
  EXPECT_EQ(verdict.message, "no Asana task linked");
}

TEST(Asana, WrongArgumentsAreNamed) {
  EXPECT_NE(error_of("asana", with_token(R"("text": "x")")).find("from"), std::string::npos);
  EXPECT_NE(error_of("asana", with_token(R"("task": "../users/me", "text": "x")")).find("task"),
            std::string::npos);
  EXPECT_NE(
      error_of("asana", with_token(R"("task": "1234567", "action": "delete")")).find("action"),
      std::string::npos);
  EXPECT_NE(error_of("asana", with_token(R"("task": "1234567", "action": "section",
                                            "section": "a/b")"))
                .find("section"),
            std::string::npos);
}

TEST(Asana, Judgement) {
  const auto judged = [](int status, std::string_view body = "") {
    return judge("asana", status, {}, body, {});
  };
  EXPECT_EQ(judged(201).outcome, Outcome::kSucceeded);
  for (const int status : {403, 404}) {
    const TaskVerdict verdict = judged(status, R"({"errors":[{"message":"Unknown object"}]})");
    EXPECT_EQ(verdict.outcome, Outcome::kSucceeded);
    EXPECT_NE(verdict.message.find("Unknown object"), std::string::npos);
  }
  EXPECT_EQ(judged(401, R"({"errors":[{"message":"Not Authorized"}]})").message,
            "Asana answered 401: Not Authorized");
  EXPECT_EQ(judged(400).outcome, Outcome::kFailed);
  EXPECT_EQ(judged(500).outcome, Outcome::kRetry);
}

constexpr std::string_view kSha = "0123456789abcdef0123456789abcdef01234567";

std::string status_arguments(std::string_view status, std::string_view rest = "") {
  return with_token(R"("repository": "o/r.x", "sha": ")" + std::string(kSha) + R"(", "status": ")" +
                    std::string(status) + '"' + std::string(rest));
}

TEST(GitHub, CommitStatus) {
  const TaskRequest request =
      build("github", status_arguments("Failed", R"(, "description": ")" + std::string(200, 'x') +
                                                     R"(", "targetUrl": "https://ci/1")"))
          .value();
  EXPECT_EQ(request.url, "https://api.github.com/repos/o/r.x/statuses/" + std::string(kSha));
  EXPECT_EQ(header(request, "Authorization"), "Bearer t0ken");
  EXPECT_EQ(request.body, R"({"state":"failure","context":"slipway","description":")" +
                              std::string(139, 'x') + R"(…","target_url":"https://ci/1"})");
  const std::pair<const char*, const char*> states[] = {
      {"Succeeded", "success"}, {"Error", "error"}, {"Running", "pending"}, {"success", "success"}};
  for (const auto& [status, state] : states) {
    EXPECT_NE(build("github", status_arguments(status))->body.find(state), std::string::npos);
  }
}

TEST(GitHub, WrongArgumentsAreNamed) {
  EXPECT_NE(error_of("github", status_arguments("Perhaps")).find("status"), std::string::npos);
  EXPECT_NE(error_of("github", with_token(R"("repository": "o/r/../x", "sha": ")" +
                                          std::string(kSha) + R"(", "status": "Failed")"))
                .find("repository"),
            std::string::npos);
  EXPECT_NE(error_of("github", with_token(R"("repository": "o/r", "sha": "main",
                                             "status": "Failed")"))
                .find("sha"),
            std::string::npos);
  EXPECT_NE(error_of("github", status_arguments("Failed", R"(, "targetUrl": "javascript:1")"))
                .find("targetUrl"),
            std::string::npos);
}

TEST(GitHub, RateLimits) {
  const Time now = Time::from_seconds(1'000);
  const auto judged = [&](int status, const Headers& headers, std::string_view body = "") {
    return judge("github", status, headers, body, now);
  };
  EXPECT_EQ(judged(201, {}).outcome, Outcome::kSucceeded);
  EXPECT_EQ(judged(403, {{"Retry-After", "30"}}).after, Duration::seconds(30));
  const Headers used_up{{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1100"}};
  EXPECT_EQ(judged(403, used_up).after, Duration::seconds(101));
  EXPECT_EQ(judged(429, {}).after, Duration::seconds(60));
  EXPECT_EQ(judged(403, {}, "You have exceeded a secondary rate limit").after,
            Duration::seconds(60));
  const TaskVerdict forbidden =
      judged(403, {}, R"({"message":"Resource not accessible by integration"})");
  EXPECT_EQ(forbidden.outcome, Outcome::kFailed);
  EXPECT_NE(forbidden.message.find("not accessible"), std::string::npos);
  EXPECT_EQ(
      judged(422, {}, R"({"message":"Validation Failed","errors":[{"message":"sha"}]})").message,
      "GitHub answered 422: Validation Failed sha");
  EXPECT_EQ(judged(502, {}).outcome, Outcome::kRetry);
}

TEST(Task, UnknownNames) {
  EXPECT_TRUE(is_task("slack"));
  EXPECT_FALSE(is_task("hello"));
  EXPECT_EQ(build("hello", "{}").error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace slipway::task
