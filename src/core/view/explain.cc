#include "core/view/explain.h"

#include <fmt/format.h>

namespace slipway::views {
namespace {

std::string step_line(const json::object& step) {
  std::string line = fmt::format("    {} {} {}", get_bool(step, "passed") ? "✔" : "✖",
                                 get_string(step, "stage"), get_string(step, "subject"));
  const std::string expected = get_string(step, "expected");
  if (!expected.empty()) {
    line += fmt::format(": {} (wanted {})", get_string(step, "actual"), expected);
  }
  const std::string message = get_string(step, "message");
  return line + (message.empty() ? "" : "  " + message) + "\n";
}

}  // namespace

std::string explain(const json::array& verdicts) {
  std::string text;
  for (const json::value& item : verdicts) {
    if (!item.is_object()) continue;
    const json::object& verdict = item.get_object();
    const std::string action = get_string(verdict, "action");
    const std::string trigger = get_string(verdict, "trigger");
    text += fmt::format("  sensor {}  dependency {}{}: {}{}\n", get_string(verdict, "sensor"),
                        get_string(verdict, "dependency"),
                        trigger.empty() ? "" : "  trigger " + trigger,
                        get_string(verdict, "outcome"), action.empty() ? "" : " → " + action);
    const json::array* steps = find_array(verdict, "steps");
    if (steps == nullptr) continue;
    for (const json::value& step : *steps) {
      if (step.is_object()) text += step_line(step.get_object());
    }
  }
  return text;
}

}  // namespace slipway::views
