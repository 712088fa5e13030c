// GitHub: a commit status (spec ci.md, section 1).
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/task/provider.h"
#include "core/task/response.h"
#include "core/task/text.h"

namespace slipway::task {
namespace {

constexpr size_t kDescriptionCharacters = 140;  // more is a 422
constexpr Duration kSecondaryLimitPause = Duration::seconds(60);

// GitHub's state for a workflow's phase; its own words are taken as they are.
std::string_view state_of(std::string_view status) {
  constexpr std::pair<std::string_view, std::string_view> kStates[] = {
      {"Succeeded", "success"}, {"Skipped", "success"}, {"Omitted", "success"},
      {"Failed", "failure"},    {"Error", "error"},     {"Running", "pending"},
      {"Pending", "pending"},   {"success", "success"}, {"failure", "failure"},
      {"error", "error"},       {"pending", "pending"}};
  for (const auto& [word, state] : kStates) {
    if (word == status) return state;
  }
  return {};
}

bool is_repository(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == 0 || slash == text.npos || slash + 1 == text.size()) return false;
  const std::string_view name = text.substr(slash + 1);
  if (name == "." || name == "..") return false;
  return std::all_of(text.begin(), text.end(), [&](const char& c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || &c == text.data() + slash;
  });
}

bool is_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

// Until the time that x-ratelimit-reset names; nullopt when the limit is not used up.
std::optional<Duration> until_reset(const Headers& headers, Time now) {
  if (header_value(headers, "x-ratelimit-remaining") != "0") return std::nullopt;
  const std::string_view text = header_value(headers, "x-ratelimit-reset");
  int64_t at = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), at);
  if (failed != std::errc{} || end == text.data()) return kSecondaryLimitPause;
  const int64_t seconds = std::clamp<int64_t>(at - now.to_seconds() + 1, 1, 3600);
  return Duration::seconds(seconds);
}

std::string message_of(std::string_view body) {
  const Result<json::value> parsed = parse_json(body);
  if (!parsed.ok() || !parsed->is_object()) return std::string(body);
  std::string message = get_string(parsed->get_object(), "message");
  if (const json::array* errors = find_array(parsed->get_object(), "errors")) {
    for (const json::value& item : *errors) {
      if (item.is_object()) message += " " + get_string(item.get_object(), "message");
    }
  }
  return message;
}

}  // namespace

Result<TaskRequest> build_github(const Arguments& arguments, std::string_view idempotency_key) {
  TRY(arguments.check_names({"tokenSecret", "repository", "sha", "status", "context", "description",
                             "targetUrl", "apiUrl"}));
  TRY_ASSIGN(const std::string base, arguments.base_url("apiUrl", "https://api.github.com"));
  TRY_ASSIGN(const std::string repository, arguments.required("repository"));
  TRY_ASSIGN(const std::string sha, arguments.required("sha"));
  TRY_ASSIGN(const std::string status, arguments.required("status"));
  if (!is_repository(repository)) return arguments.invalid("repository", "must be OWNER/NAME");
  if (!is_commit(sha)) return arguments.invalid("sha", "must be a full commit id in hex");
  const std::string_view state = state_of(status);
  if (state.empty()) {
    return arguments.invalid("status",
                             "must be a workflow status such as Succeeded, Failed, Error or "
                             "Running, or one of GitHub's states");
  }
  json::object body{{"state", state},
                    {"context", cut_text(clean_line(arguments.text("context", "slipway")), 255)}};
  if (const std::string text = clean_line(arguments.text("description")); !text.empty()) {
    body["description"] = cut_text(text, kDescriptionCharacters);
  }
  if (const std::string url = arguments.text("targetUrl"); !url.empty()) {
    if (!is_web_url(url)) return arguments.invalid("targetUrl", "must be an http or https URL");
    body["target_url"] = url;
  }
  TRY_ASSIGN(const std::string token, arguments.secret("tokenSecret"));
  TaskRequest request;
  request.url = fmt::format("{}/repos/{}/statuses/{}", base, repository, sha);
  request.headers = {{"Accept", "application/vnd.github+json"},
                     {"Authorization", "Bearer " + token},
                     {"Content-Type", "application/json"},
                     {"X-GitHub-Api-Version", "2022-11-28"},
                     {"User-Agent", "slipway"},
                     {"Idempotency-Key", std::string(idempotency_key)}};
  request.body = print_json(body);
  return request;
}

TaskVerdict judge_github(int status, const Headers& headers, std::string_view body, Time now) {
  if (status >= 200 && status < 300) return succeeded();
  if (status == 403 || status == 429) {
    if (const auto after = retry_after(headers)) {
      return retry("GitHub's rate limit is reached", after);
    }
    if (const auto after = until_reset(headers, now)) {
      return retry("GitHub's rate limit is used up", after);
    }
    if (status == 429 || body.find("secondary rate limit") != body.npos) {
      return retry("GitHub's secondary rate limit is reached", kSecondaryLimitPause);
    }
  }
  if (auto verdict = judge_temporary("GitHub", status, headers)) return *verdict;
  return failed(refusal("GitHub", status, message_of(body)));
}

}  // namespace slipway::task
