// Slack: an incoming webhook, or chat.postMessage and chat.update with a bot's token.
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "core/task/provider.h"
#include "core/task/response.h"
#include "core/task/slack_message.h"
#include "core/task/text.h"

namespace slipway::task {
namespace {

// "252.031000" (workflow.duration is in seconds) → "4m12s"; anything else as it is.
std::string duration_text(const std::string& text) {
  double seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || failed != std::errc{} || end != text.data() + text.size() || seconds < 0 ||
      !(seconds < 1e9)) {
    return text;
  }
  const auto whole = static_cast<int64_t>(std::floor(seconds));
  if (whole < 60) return fmt::format("{}s", whole);
  if (whole < 3600) return fmt::format("{}m{}s", whole / 60, whole % 60);
  return fmt::format("{}h{}m{}s", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

// A member that may go by several names, as a commit of a webhook and of the REST API do.
std::string any_member(const json::object& object, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (std::string value = get_string(object, key); !value.empty()) return value;
  }
  return {};
}

Result<std::vector<SlackLink>> commit_links(const Arguments& arguments) {
  TRY_ASSIGN(const json::array commits, arguments.list("commits"));
  std::vector<SlackLink> links;
  for (const json::value& item : commits) {
    if (!item.is_object()) return arguments.invalid("commits", "each must be {id, message, url}");
    const json::object& commit = item.get_object();
    std::string message = any_member(commit, {"message", "title"});
    if (const json::object* inner = find_object(commit, "commit"); inner && message.empty()) {
      message = get_string(*inner, "message");
    }
    const std::string id = any_member(commit, {"id", "sha"});
    links.push_back({any_member(commit, {"html_url", "url"}),
                     fmt::format("{} {}", id.substr(0, 7), first_line(message))});
  }
  return links;
}

Result<std::vector<SlackLink>> named_links(const Arguments& arguments, std::string_view key) {
  TRY_ASSIGN(const json::array items, arguments.list(key));
  std::vector<SlackLink> links;
  for (const json::value& item : items) {
    if (!item.is_object()) return arguments.invalid(key, "each must be {text, url}");
    links.push_back({get_string(item.get_object(), "url"),
                     any_member(item.get_object(), {"text", "name", "title"})});
  }
  return links;
}

Result<SlackMessage> read_message(const Arguments& arguments) {
  SlackMessage message;
  TRY_ASSIGN(message.status, arguments.required("status"));
  TRY_ASSIGN(message.run.label, arguments.required("title"));
  message.run.url = arguments.text("url");
  message.duration = duration_text(arguments.text("duration"));
  if (const json::object* request = arguments.object("pullRequest")) {
    const json::value* number = find(*request, "number");
    const std::string prefix = number == nullptr ? ""
                               : number->is_string() && !number->get_string().empty()
                                   ? fmt::format("#{} ", view(number->get_string()))
                               : number->is_number() ? fmt::format("#{} ", print_json(*number))
                                                     : "";
    message.pull_request = {any_member(*request, {"url", "html_url"}),
                            prefix + get_string(*request, "title")};
    message.author = get_string(*request, "author");
    message.branch = get_string(*request, "branch");
  }
  TRY_ASSIGN(message.commits, commit_links(arguments));
  TRY_ASSIGN(message.tasks, named_links(arguments, "tasks"));
  TRY_ASSIGN(message.buttons, named_links(arguments, "buttons"));
  message.text = arguments.text("text");
  message.log = arguments.text("log");
  return message;
}

void add_json_headers(TaskRequest& request, std::string_view idempotency_key) {
  request.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
  request.headers.emplace_back("Idempotency-Key", idempotency_key);
}

Result<TaskRequest> to_webhook(const Arguments& arguments, json::object body) {
  for (const std::string_view key : {"channel", "threadTs", "updateTs", "apiUrl"}) {
    if (!arguments.text(key).empty()) {
      return arguments.invalid(key, "has no effect on an incoming webhook; use tokenSecret");
    }
  }
  TaskRequest request;
  TRY_ASSIGN(request.url, arguments.secret("webhookSecret"));
  if (!is_web_url(request.url)) {
    return arguments.invalid("webhookSecret", "the Secret does not hold an http or https URL");
  }
  request.body = print_json(body);
  return request;
}

Result<TaskRequest> to_bot_api(const Arguments& arguments, json::object body,
                               std::string_view idempotency_key) {
  TaskRequest request;
  TRY_ASSIGN(const std::string base, arguments.base_url("apiUrl", "https://slack.com/api"));
  TRY_ASSIGN(const std::string token, arguments.secret("tokenSecret"));
  TRY_ASSIGN(const std::string channel, arguments.required("channel"));
  body["channel"] = channel;
  if (const std::string thread = arguments.text("threadTs"); !thread.empty()) {
    body["thread_ts"] = thread;
  }
  const std::string update = arguments.text("updateTs");
  if (!update.empty()) body["ts"] = update;
  body["unfurl_links"] = false;
  body["metadata"] =
      json::object{{"event_type", "slipway_result"},
                   {"event_payload", json::object{{"idempotency_key", idempotency_key}}}};
  request.url = base + (update.empty() ? "/chat.postMessage" : "/chat.update");
  request.headers.emplace_back("Authorization", "Bearer " + token);
  request.body = print_json(body);
  return request;
}

bool is_temporary(std::string_view error) {
  return error == "ratelimited" || error == "rate_limited" || error == "internal_error" ||
         error == "fatal_error" || error == "service_unavailable" || error == "request_timeout";
}

}  // namespace

Result<TaskRequest> build_slack(const Arguments& arguments, std::string_view idempotency_key) {
  TRY(arguments.check_names({"webhookSecret", "tokenSecret", "channel", "threadTs", "updateTs",
                             "apiUrl", "status", "title", "url", "duration", "pullRequest",
                             "commits", "tasks", "text", "log", "buttons"}));
  if (arguments.given("webhookSecret") == arguments.given("tokenSecret")) {
    return arguments.invalid("webhookSecret", "give either it or tokenSecret");
  }
  TRY_ASSIGN(const SlackMessage message, read_message(arguments));
  Result<TaskRequest> request =
      arguments.given("webhookSecret")
          ? to_webhook(arguments, slack_message(message))
          : to_bot_api(arguments, slack_message(message), idempotency_key);
  if (request.ok()) add_json_headers(*request, idempotency_key);
  return request;
}

TaskVerdict judge_slack(int status, const Headers& headers, std::string_view body) {
  if (auto verdict = judge_temporary("Slack", status, headers)) return *verdict;
  if (status < 200 || status >= 300) return failed(refusal("Slack", status, body));
  const Result<json::value> parsed = parse_json(body);
  if (!parsed.ok() || !parsed->is_object()) return succeeded();  // a webhook's plain "ok"
  const json::object& answer = parsed->get_object();
  if (get_bool(answer, "ok", true)) return succeeded();
  const std::string error = get_string(answer, "error", "unknown_error");
  if (is_temporary(error)) return retry("Slack: " + clean_line(error), retry_after(headers));
  std::string message = "Slack refused the message: " + cut_text(clean_line(error), 200);
  if (error == "not_in_channel" || error == "channel_not_found") {
    message += " (invite the bot to the channel, or give the channel's id)";
  }
  return failed(std::move(message));
}

}  // namespace slipway::task
