#include "adapter/journal/row_codec.h"

#include <fmt/format.h>

#include <charconv>

#include "base/json.h"

namespace slipway::adapter {

std::string texts_to_json(const std::map<std::string, std::string>& texts) {
  json::object object;
  for (const auto& [key, value] : texts) object[key] = value;
  return print_json(object);
}

std::map<std::string, std::string> texts_from_json(std::string_view text) {
  std::map<std::string, std::string> texts;
  const auto value = parse_json(text);
  if (!value.ok() || !value.value().is_object()) return texts;
  for (const auto& member : value.value().get_object()) {
    if (member.value().is_string()) {
      texts[std::string(member.key())] = str(member.value().get_string());
    }
  }
  return texts;
}

std::string cursor_to_text(const Cursor& cursor) {
  return fmt::format("{}.{}", cursor.at, cursor.id);
}

Result<std::optional<Cursor>> cursor_from_text(std::string_view text) {
  if (text.empty()) return std::optional<Cursor>();
  Cursor cursor;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), cursor.at);
  if (code != std::errc{} || end == text.data() + text.size() || *end != '.') {
    return Error{ErrorCode::kInvalid,
                 fmt::format("'{}' is not a cursor of this list; start again without one", text),
                 ""};
  }
  cursor.id = std::string(end + 1, text.data() + text.size());
  return std::optional<Cursor>(std::move(cursor));
}

}  // namespace slipway::adapter
