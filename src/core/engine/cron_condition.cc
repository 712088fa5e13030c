#include "core/engine/cron_condition.h"

#include <fmt/format.h>

#include "core/expr/exprlang/exprlang.h"
#include "core/expr/govaluate/govaluate.h"
#include "core/expr/tag/tag.h"

namespace slipway::engine {
namespace {

constexpr std::string_view kLastTime = "cronworkflow.lastScheduledTime";

// Argo's expressions have a time there; ours a text, which date() reads. A nil stays nil.
std::string with_times(std::string_view text, bool known) {
  std::string out;
  for (size_t at = text.find(kLastTime); known && at != text.npos; at = text.find(kLastTime)) {
    out += text.substr(0, at);
    out += fmt::format("date({})", kLastTime);
    text.remove_prefix(at + kLastTime.size());
  }
  return out += text;
}

std::string last_time(const manifest::Resource& cron) {
  return get_string(object_of(cron.object, "status"), "lastScheduledTime");
}

json::object environment(const manifest::Resource& cron) {
  const json::object& status = object_of(cron.object, "status");
  const json::object& labels = object_of(cron.metadata(), "labels");
  json::object out{{"name", cron.name()},
                   {"namespace", cron.ns()},
                   {"labels", labels},
                   // Argo fills these from the labels too.
                   {"annotations", labels},
                   {"succeeded", get_int(status, "succeeded")},
                   {"failed", get_int(status, "failed")}};
  const std::string last = last_time(cron);
  out["lastScheduledTime"] = last.empty() ? json::value() : json::value(last);
  return {{"cronworkflow", std::move(out)}};
}

expr::Scope names(const manifest::Resource& cron) {
  const json::object& labels = object_of(cron.metadata(), "labels");
  const json::object& status = object_of(cron.object, "status");
  expr::Scope scope;
  scope.set("cronworkflow.name", cron.name());
  scope.set("cronworkflow.namespace", cron.ns());
  scope.set("cronworkflow.failed", std::to_string(get_int(status, "failed")));
  scope.set("cronworkflow.succeeded", std::to_string(get_int(status, "succeeded")));
  for (const auto* key : {"labels", "annotations"}) {
    scope.set(fmt::format("cronworkflow.{}.json", key), print_json(labels, {.sort_keys = true}));
    for (const auto& label : labels) {
      if (!label.value().is_string()) continue;
      scope.set(fmt::format("cronworkflow.{}.{}", key, std::string_view(label.key())),
                str(label.value().get_string()));
    }
  }
  const std::string last = last_time(cron);
  if (last.empty()) {
    scope.set_nil(std::string(kLastTime));
  } else {
    scope.set(std::string(kLastTime), last);
  }
  return scope;
}

Result<bool> truth(Result<json::value> value, std::string_view what, std::string_view source) {
  if (!value.ok()) {
    return Error{
        ErrorCode::kInvalid, fmt::format("{} '{}': {}", what, source, value.error().message), {}};
  }
  if (value->is_bool()) return value->get_bool();
  return Error{ErrorCode::kInvalid, fmt::format("{} '{}' is no true or false", what, source), {}};
}

}  // namespace

Result<bool> may_run(const manifest::Resource& cron, Time now) {
  const std::string when = get_string(cron.spec(), "when");
  if (when.empty()) return true;
  TRY_ASSIGN(const std::string text, expr::substitute(with_times(when, !last_time(cron).empty()),
                                                      names(cron), {.now = now}));
  return truth(expr::evaluate_govaluate(text, {}), "when", when);
}

Result<bool> shall_stop(const manifest::Resource& cron, Time now) {
  const json::object& strategy = object_of(cron.spec(), "stopStrategy");
  std::string source = get_string(strategy, "expression");
  if (source.empty()) source = get_string(strategy, "condition");  // before 3.7
  if (source.empty()) return false;
  TRY_ASSIGN(const expr::Program program,
             expr::Program::compile(with_times(source, !last_time(cron).empty())));
  return truth(program.run(environment(cron), now), "stopStrategy", source);
}

}  // namespace slipway::engine
