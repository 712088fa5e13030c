// Retry: attempts of one template, one after the other (spec rules 32 to 35).
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "core/expr/exprlang/exprlang.h"
#include "core/expr/golang/calendar.h"
#include "core/expr/golang/golang.h"
#include "core/expr/golang/humanize.h"
#include "core/workflow/control.h"
#include "core/workflow/globals.h"
#include "core/workflow/invoke.h"
#include "core/workflow/item.h"
#include "core/workflow/transient.h"

namespace slipway::workflow {
namespace {

struct Strategy {
  std::optional<int64_t> limit;
  std::string policy, expression;
  bool has_backoff = false;
  std::optional<Duration> base, cap, longest;
  double factor = 0;
};

Result<std::optional<Duration>> duration_member(const json::object& from, std::string_view key) {
  const json::value* value = find(from, key);
  const std::string text = value != nullptr ? any_string(*value) : "";
  if (text.empty()) return std::optional<Duration>();
  const auto duration = expr::parse_argo_duration(text);
  if (duration.ok()) return std::optional(*duration);
  return Error{ErrorCode::kInvalid,
               fmt::format("retryStrategy.backoff.{} \"{}\" is no duration", key, text),
               {}};
}

Result<Strategy> read_strategy(const json::object& body) {
  Strategy strategy;
  const json::object* from = find_object(body, "retryStrategy");
  if (from == nullptr) return strategy;
  if (const json::value* limit = find(*from, "limit")) {
    const std::string text = any_string(*limit);
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
      return Error{
          ErrorCode::kInvalid, fmt::format("retryStrategy.limit \"{}\" is no number", text), {}};
    }
    strategy.limit = number;
  }
  strategy.expression = get_string(*from, "expression");
  strategy.policy = get_string(*from, "retryPolicy");
  if (strategy.policy.empty())
    strategy.policy = strategy.expression.empty() ? "OnFailure" : "Always";
  if (const json::object* backoff = find_object(*from, "backoff")) {
    strategy.has_backoff = true;
    TRY_ASSIGN(strategy.base, duration_member(*backoff, "duration"));
    TRY_ASSIGN(strategy.cap, duration_member(*backoff, "cap"));
    TRY_ASSIGN(strategy.longest, duration_member(*backoff, "maxDuration"));
    if (const json::value* factor = find(*backoff, "factor")) {
      strategy.factor = std::strtod(any_string(*factor).c_str(), nullptr);
    }
  }
  return strategy;
}

Duration backoff_after(const Strategy& strategy, size_t attempts) {
  double wait = static_cast<double>(strategy.base->ns);
  if (strategy.factor > 0) wait *= std::pow(strategy.factor, static_cast<double>(attempts) - 1);
  constexpr double kLongest = 10.0 * 365 * 86'400 * 1e9;
  Duration duration{static_cast<int64_t>(std::min(wait, kLongest))};
  if (strategy.cap) duration = std::min(duration, *strategy.cap);
  return duration;
}

bool policy_allows(const Strategy& strategy, const Node& last) {
  if (strategy.policy == "Always") return true;
  if (strategy.policy == "OnError") return last.phase == Phase::kError;
  if (strategy.policy == "OnTransientError") {
    return is_transient(last.message);
  }
  return last.phase == Phase::kFailed;
}

Result<bool> expression_holds(const Frame& frame, const Strategy& strategy, const Node& last,
                              size_t attempts) {
  expr::Scope scope(frame.scope.get());
  scope.set("retries", std::to_string(attempts - 1));
  scope.set("lastRetry.exitCode", get_string(last.outputs, "exitCode", "-1"));
  scope.set("lastRetry.status", std::string(to_string(last.phase)));
  scope.set("lastRetry.duration",
            std::to_string((last.finished_at - last.started_at).ns / 1'000'000'000));
  scope.set("lastRetry.message", last.message);
  return expr::evaluate_bool(strategy.expression, expr::nested(scope));
}

// What happens after a failed attempt.
struct Verdict {
  enum class What { kRetry, kWait, kEnd } what = What::kRetry;
  Time until;
  Phase phase = Phase::kFailed;
  std::string message;
  bool broken = false;  // it can not be told: an error of what is around it too (rule 10)
};

Verdict end(const Node& last, std::string message) {
  return {Verdict::What::kEnd, {}, last.phase, std::move(message)};
}

Verdict end_with_error(std::string message) {
  return {Verdict::What::kEnd, {}, Phase::kError, std::move(message), true};
}

// Whether the next attempt is too late, and how long it has to wait; nullopt when neither.
std::optional<Verdict> judge_backoff(const Pass& pass, const Strategy& strategy, const Node& first,
                                     const Node& last, size_t attempts) {
  const Time last_moment = first.started_at + strategy.longest.value_or(Duration{});
  if (strategy.longest && pass.now() > last_moment) return end(last, "Max duration limit exceeded");
  if (!strategy.base) return end_with_error("no base duration specified for retryStrategy");
  const Duration wait = backoff_after(strategy, attempts);
  const Time until = last.finished_at + wait;
  if (strategy.longest && until > last_moment) {
    return end(last, "Backoff would exceed max duration limit");
  }
  // Argo waits only when there is a limit.
  const bool waits = strategy.limit && static_cast<int64_t>(attempts) <= *strategy.limit;
  if (!waits || pass.now() >= until || !policy_allows(strategy, last)) return std::nullopt;
  return Verdict{Verdict::What::kWait, until, last.phase,
                 fmt::format("Backoff for {}", expr::humanize_duration(wait))};
}

// The order of the checks is rule 34's.
Verdict judge(Pass& pass, const Frame& frame, const Node& first, const Node& last,
              size_t attempts) {
  if (!pass.shutdown().empty() && !(frame.on_exit && pass.shutdown() == "Stop")) {
    return end(last, closing_message(pass));
  }
  if (!pass.may_start(frame.on_exit)) {
    return end(last, fmt::format("retry exceeded workflow deadline {}",
                                 expr::go_format_time("2006-01-02 15:04:05 -0700 MST",
                                                      pass.deadline().value_or(pass.now()))));
  }
  const auto strategy = read_strategy(frame.body);
  if (!strategy.ok()) return end_with_error(strategy.error().message);
  if (strategy->has_backoff) {
    auto verdict = judge_backoff(pass, *strategy, first, last, attempts);
    if (verdict) return std::move(*verdict);
  }
  if (!policy_allows(*strategy, last)) return end(last, last.message);
  if (strategy->limit && static_cast<int64_t>(attempts) > *strategy->limit) {
    return end(last, "No more retries left");
  }
  if (!strategy->expression.empty()) {
    const auto holds = expression_holds(frame, *strategy, last, attempts);
    if (!holds.ok()) {
      return end_with_error(fmt::format("retryStrategy.expression: {}", holds.error().message));
    }
    if (!*holds) return end(last, "retryStrategy.expression evaluated to false");
  }
  return {};
}

void end_retry(Pass& pass, Frame& frame, const Verdict& verdict, const Node& last) {
  const json::object outputs = last.outputs;
  pass.update(frame.id, [&](Node& node) {
    node.outputs = outputs;
    node.broken = verdict.broken;
  });
  finish_frame(pass, frame, verdict.phase, verdict.message);
}

bool start_next(Pass& pass, Frame& frame) {
  Call& call = frame.calls[0];
  const auto attempt = static_cast<int>(call.items.size());
  Item item;
  item.node_name = fmt::format("{}({})", frame.name, attempt);
  item.id = pass.draft.id_of(item.node_name);
  const bool existed = pass.draft.find(item.id) != nullptr;
  if (!start_attempt(pass, frame, attempt)) {
    pass.index.lacking_room.insert(frame.id);
    return false;
  }
  pass.index.lacking_room.erase(frame.id);
  if (!existed) pass.draft.add_child(frame.id, item.id);
  call.items.push_back(std::move(item));
  return true;
}

void follow_daemon(Pass& pass, const Frame& frame, const Node& last) {
  const Node* node = pass.draft.find(frame.id);
  if (node->daemoned == last.daemoned && node->pod_ip == last.pod_ip) return;
  const std::string ip = last.pod_ip;
  const bool daemoned = last.daemoned;
  pass.update(frame.id, [&](Node& changed) {
    changed.daemoned = daemoned;
    changed.pod_ip = ip;
  });
}

}  // namespace

void run_retry(Pass& pass, Frame& frame) {
  frame.touched.clear();
  if (frame.calls.empty()) {
    frame.calls.emplace_back();
    frame.calls[0].expanded = true;
    // Attempts that are stored already are taken up, the last one included.
    while (pass.draft.find_name(fmt::format("{}({})", frame.name, frame.calls[0].items.size()))) {
      start_next(pass, frame);
    }
  }
  auto& attempts = frame.calls[0].items;
  while (true) {
    if (attempts.empty() && !start_next(pass, frame)) return;
    const Node last = *pass.draft.find(attempts.back().id);
    if (!last.fulfilled()) return;
    if (!is_completed(last.phase)) return follow_daemon(pass, frame, last);
    if (!last.failed_or_error()) return end_retry(pass, frame, end(last, ""), last);
    const Node& first = *pass.draft.find(attempts.front().id);
    const Verdict verdict = judge(pass, frame, first, last, attempts.size());
    if (verdict.what == Verdict::What::kEnd) return end_retry(pass, frame, verdict, last);
    if (verdict.what == Verdict::What::kWait) {
      pass.index.timers.set({frame.id, Timers::Purpose::kBackoff}, verdict.until);
      if (pass.draft.find(frame.id)->message != verdict.message) {
        pass.update(frame.id, [&](Node& node) { node.message = verdict.message; });
      }
      return;
    }
    if (!start_next(pass, frame)) return;
    if (!pass.draft.find(frame.id)->message.empty()) {
      pass.update(frame.id, [](Node& node) { node.message.clear(); });
    }
  }
}

}  // namespace slipway::workflow
