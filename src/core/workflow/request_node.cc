// Nodes whose work is an HTTP call: `http` templates and built-in tasks under `plugin` (spec a2,
// rule 69). A reply is final, and so is a call that can never be made (a wrong argument, a Secret
// that is missing); one that got no reply, or a task told to come back, is made again, at most
// kAttempts times, later each time.
#include <fmt/format.h>

#include "core/expr/exprlang/exprlang.h"
#include "core/task/task.h"
#include "core/workflow/globals.h"
#include "core/workflow/leaf.h"
#include "core/workflow/leaf_part.h"

namespace slipway::workflow {
namespace {

constexpr int kAttempts = 5;
constexpr Duration kFirstWait = Duration::seconds(1);
constexpr Duration kLongestWait = Duration::seconds(300);

struct Outcome {
  enum class What { kSucceeded, kFailed, kError, kRetry } what = What::kSucceeded;
  std::string message;
  std::optional<Duration> after;
};

json::object headers_json(const std::vector<std::pair<std::string, std::string>>& headers) {
  json::object out;
  for (const auto& [name, value] : headers) {
    json::value& list = out[name];
    if (!list.is_array()) list.emplace_array();
    list.get_array().emplace_back(value);
  }
  return out;
}

// request and response as successCondition sees them. Header values from Secrets stay hidden.
json::object condition_environment(const json::object& http, const RequestResult& result) {
  json::object request{{"method", get_string(http, "method", "GET")},
                       {"url", get_string(http, "url")},
                       {"body", get_string(http, "body")}};
  json::object sent;
  if (const json::array* headers = find_array(http, "headers")) {
    for (const json::value& item : *headers) {
      if (!item.is_object() || find(item.get_object(), "value") == nullptr) continue;
      sent[get_string(item.get_object(), "name")] =
          json::array{json::value(any_string(*find(item.get_object(), "value")))};
    }
  }
  request["headers"] = std::move(sent);
  json::object response{{"statusCode", result.status},
                        {"body", result.body},
                        {"headers", headers_json(result.headers)}};
  return {{"request", std::move(request)}, {"response", std::move(response)}};
}

Outcome judge_http(const json::object& http, const RequestResult& result) {
  const std::string condition = get_string(http, "successCondition");
  if (condition.empty()) {
    if (result.status >= 200 && result.status < 300) return {};
    return {Outcome::What::kFailed,
            fmt::format("received non-2xx response code: {}", result.status),
            {}};
  }
  const auto holds = expr::evaluate_bool(condition, condition_environment(http, result));
  if (!holds.ok()) {
    return {Outcome::What::kError,
            fmt::format("successCondition '{}': {}", condition, holds.error().message),
            {}};
  }
  if (*holds) return {};
  return {
      Outcome::What::kFailed, fmt::format("successCondition '{}' evaluated false", condition), {}};
}

Outcome judge_plugin(const json::object& plugin, const RequestResult& result, Time now) {
  if (plugin.empty()) return {Outcome::What::kError, "the plugin template names no task", {}};
  const std::string name(plugin.begin()->key());
  const task::TaskVerdict verdict =
      task::judge(name, result.status, result.headers, result.body, now);
  switch (verdict.outcome) {
    case task::TaskVerdict::Outcome::kSucceeded:
      return {Outcome::What::kSucceeded, verdict.message, {}};
    case task::TaskVerdict::Outcome::kFailed:
      return {Outcome::What::kFailed, verdict.message, {}};
    case task::TaskVerdict::Outcome::kRetry:
      break;
  }
  return {Outcome::What::kRetry, verdict.message, verdict.after};
}

Outcome judge_result(Pass& pass, const Node& node, const RequestResult& result) {
  if (!result.ok) {
    return {result.permanent ? Outcome::What::kError : Outcome::What::kRetry, result.error, {}};
  }
  const auto part = template_part(pass, node, {"http", "plugin"});
  if (!part.ok()) return {Outcome::What::kError, part.error().message, {}};
  return node.type == NodeType::kHttp
             ? judge_http(object_of(*part, "http"), result)
             : judge_plugin(object_of(*part, "plugin"), result, pass.now());
}

Duration wait_before(int attempt) {
  Duration wait = kFirstWait;
  for (int i = 1; i < attempt; ++i) wait = wait * 2;
  return std::min(wait, kLongestWait);
}

void try_later(Pass& pass, const Node& node, const Outcome& outcome) {
  const Duration wait = outcome.after.value_or(wait_before(node.request_attempts));
  const Time until = pass.now() + wait;
  const NodeId id = node.id;
  const std::string message =
      fmt::format("attempt {} of {}: {}; again at {}", node.request_attempts, kAttempts,
                  outcome.message, format_rfc3339(until));
  pass.update(id, [&](Node& changed) {
    changed.message = message;
    changed.not_before = until;
  });
  pass.index.timers.set({id, Timers::Purpose::kRequest}, until);
}

}  // namespace

void take_response(Pass& pass, const RequestResult& result) {
  const Node* found = pass.draft.find(result.node);
  if (found == nullptr || found->fulfilled()) return;
  if (found->type != NodeType::kHttp && found->type != NodeType::kPlugin) return;
  if (result.attempt != found->request_attempts || !found->not_before.is_zero()) return;
  const Node node = *found;
  Outcome outcome = judge_result(pass, node, result);
  if (outcome.what == Outcome::What::kRetry) {
    if (node.request_attempts < kAttempts) return try_later(pass, node, outcome);
    outcome.what = result.ok ? Outcome::What::kFailed : Outcome::What::kError;
    outcome.message += fmt::format(" (given up after {} attempts)", kAttempts);
  }
  pass.update(node.id, [&](Node& changed) {
    changed.message = outcome.message;
    if (node.type == NodeType::kHttp && result.ok) changed.outputs["result"] = result.body;
    changed.phase = outcome.what == Outcome::What::kSucceeded ? Phase::kSucceeded
                    : outcome.what == Outcome::What::kFailed  ? Phase::kFailed
                                                              : Phase::kError;
  });
}

}  // namespace slipway::workflow
