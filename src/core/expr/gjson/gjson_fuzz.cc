#include "core/expr/gjson/gjson.h"

// The first line is a path; the rest is the document.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line = std::min(text.find('\n'), text.size());
  const std::string_view path = text.substr(0, line);
  auto parsed = slipway::parse_json(text.substr(std::min(line + 1, text.size())));
  slipway::json::value value =
      parsed.ok() ? *parsed
                  : slipway::json::value{{"a", {1, "b", {{"c", 2}}}}, {"d", {{"e", true}}}};
  (void)slipway::expr::gjson_get(value, path);
  (void)slipway::expr::sjson_set(value, path, "x");
  return 0;
}
