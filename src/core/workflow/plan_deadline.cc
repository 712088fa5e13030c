#include "core/workflow/plan_deadline.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/expr/golang/golang.h"

namespace slipway::workflow {
namespace {

Result<std::optional<Duration>> seconds_member(const PlanContext& context,
                                               const json::object& from) {
  const json::value* given = find(from, "activeDeadlineSeconds");
  if (given == nullptr) return std::optional<Duration>{};
  const std::string text = scalar_text(*given);
  int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failed != std::errc{} || end != text.data() + text.size() || seconds < 0 ||
      seconds > INT32_MAX) {
    return plan_error(context, ErrorCode::kInvalid,
                      fmt::format("activeDeadlineSeconds \"{}\" is not a number of seconds", text));
  }
  return std::optional(Duration::seconds(seconds));
}

bool pauses(const json::object& container) {
  const json::array& variables = list_of(container, "env");
  return std::any_of(variables.begin(), variables.end(), [](const json::value& variable) {
    const std::string name =
        variable.is_object() ? get_string(variable.get_object(), "name") : std::string();
    return name == "ARGO_DEBUG_PAUSE_BEFORE" || name == "ARGO_DEBUG_PAUSE_AFTER";
  });
}

// Whoever pauses to look around is not hurried by activeDeadlineSeconds (rule 78).
bool is_debugged(const json::object& templ) {
  const json::array& set = list_of(object_of(templ, "containerSet"), "containers");
  return pauses(object_of(templ, "container")) || pauses(object_of(templ, "script")) ||
         std::any_of(set.begin(), set.end(), [](const json::value& container) {
           return container.is_object() && pauses(container.get_object());
         });
}

}  // namespace

Result<std::optional<Duration>> plan_deadline(const PlanContext& context,
                                              const json::object& pod_spec) {
  TRY_ASSIGN(std::optional<Duration> deadline, seconds_member(context, pod_spec));
  if (!deadline && !is_debugged(context.templ)) {
    TRY_ASSIGN(deadline, seconds_member(context, context.templ));
  }
  if (const std::string text = get_string(context.templ, "timeout"); !text.empty()) {
    TRY_ASSIGN(const Duration timeout, expr::parse_go_duration(text));
    const Duration left = context.node.started_at + timeout - context.now;
    if (left <= Duration::seconds(1)) {
      return plan_error(context, ErrorCode::kTimeout,
                        fmt::format("{} exceeded its deadline", context.node.name));
    }
    deadline = left;
  }
  if (context.retry_deadline) {
    const Duration left = std::max(*context.retry_deadline - context.now, Duration::seconds(0));
    deadline = deadline ? std::min(*deadline, left) : left;
  }
  return deadline;
}

}  // namespace slipway::workflow
