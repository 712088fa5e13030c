// Labels and answers to text and back, and cursors of pages.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace slipway::adapter {

std::string texts_to_json(const std::map<std::string, std::string>& texts);
std::map<std::string, std::string> texts_from_json(std::string_view text);

// Where the next page begins: after the row with this time and id.
struct Cursor {
  int64_t at = 0;
  std::string id;
};
std::string cursor_to_text(const Cursor& cursor);
Result<std::optional<Cursor>> cursor_from_text(std::string_view text);  // empty: nullopt

}  // namespace slipway::adapter
