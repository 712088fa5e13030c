#include "core/expr/gjson/gjson.h"

#include "core/expr/gjson/lookup.h"
#include "core/expr/gjson/number.h"

namespace slipway::expr {

std::optional<json::value> gjson_get(const json::value& value, std::string_view path) {
  const gjson::Hit hit = gjson::Lookup(value).run(path);
  if (!hit.exists()) return std::nullopt;
  return hit.value();
}

std::string gjson_string(const json::value& value) {
  if (value.is_null()) return "";
  if (value.is_string()) return str(value.get_string());
  if (value.is_double()) return format_go_fixed(value.get_double());
  return print_json(value, {.escape_html = true});
}

double gjson_number(const json::value& value) {
  if (value.is_number()) return value.to_number<double>();
  if (value.is_bool()) return value.get_bool() ? 1 : 0;
  if (value.is_string()) return parse_go_float(view(value.get_string())).value_or(0);
  return 0;
}

bool gjson_bool(const json::value& value) {
  if (value.is_bool()) return value.get_bool();
  if (value.is_number()) return value.to_number<double>() != 0;
  if (!value.is_string()) return false;
  std::string text = str(value.get_string());
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return parse_go_bool(text).value_or(false);
}

}  // namespace slipway::expr
