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

std::string answer_line(const json::object& verdict) {
  if (get_string(verdict, "call").empty()) return "";
  const json::object* answer = find_object(verdict, "answer");
  if (answer == nullptr) return "    … answer: none yet\n";
  return fmt::format("    {} answer: {} at {}\n", get_bool(*answer, "ok") ? "✔" : "✖",
                     get_string(*answer, "message"), get_string(*answer, "time"));
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
    if (const json::array* steps = find_array(verdict, "steps")) {
      for (const json::value& step : *steps) {
        if (step.is_object()) text += step_line(step.get_object());
      }
    }
    text += answer_line(verdict);
  }
  return text;
}

}  // namespace slipway::views
