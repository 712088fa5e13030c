#include "core/sensor/trace.h"

#include "base/base64.h"
#include "core/expr/golang/rune.h"

namespace slipway::sensor {

std::string shorten(std::string_view text) {
  std::string_view rest = text;
  for (size_t runes = 0; runes < kShownRunes && !rest.empty(); ++runes) {
    rest.remove_prefix(expr::decode_rune(rest).length);
  }
  std::string out(text.substr(0, text.size() - rest.size()));
  return rest.empty() ? out : out + "...";
}

Step passed(std::string stage, std::string subject, std::string_view expected,
            std::string_view actual) {
  return {std::move(stage), std::move(subject), shorten(expected), shorten(actual), true, ""};
}

Step failed(std::string stage, std::string subject, std::string_view expected,
            std::string_view actual, std::string message) {
  return {std::move(stage), std::move(subject), shorten(expected),
          shorten(actual),  /*passed=*/false,   std::move(message)};
}

json::object context_of(const Event& event) {
  return {{"id", event.id.value},
          {"source", event.source},
          {"specversion", "1.0"},
          {"type", event.type},
          {"datacontenttype", "application/json"},
          {"subject", event.subject},
          {"time", format_rfc3339(event.time)}};
}

json::object whole_event(const Event& event) {
  const std::string payload = print_json(event.data, {.escape_html = true});
  return {{"context", context_of(event)}, {"data", encode_base64(payload)}};
}

}  // namespace slipway::sensor
