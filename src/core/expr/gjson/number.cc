#include "core/expr/gjson/number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <map>

namespace slipway::expr {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

std::optional<std::string> print_special(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  return std::nullopt;
}

std::string print(double number, std::chars_format format) {
  std::array<char, 400> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format);
  return std::string(buffer.data(), result.ptr);
}

}  // namespace

std::optional<double> parse_go_float(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || text.front() == '+' || text.front() == '-') return std::nullopt;
  double number = 0;
  if (text.front() != '.' && (text.front() < '0' || text.front() > '9')) {
    const std::string word = lower(text);
    if (word == "inf" || word == "infinity") {
      number = INFINITY;
    } else if (word == "nan") {
      number = NAN;
    } else {
      return std::nullopt;
    }
  } else {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (stop != end || error == std::errc::invalid_argument) return std::nullopt;
    if (error == std::errc::result_out_of_range) {  // too small is zero, too large an error
      const bool small = text.find("e-") != text.npos || text.find("E-") != text.npos ||
                         text.starts_with("0.") || text.starts_with('.');
      if (!small) return std::nullopt;
      number = 0;
    }
  }
  return negative ? -number : number;
}

std::optional<bool> parse_go_bool(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

std::string format_go_fixed(double number) {
  if (auto special = print_special(number)) return *special;
  return print(number, std::chars_format::fixed);
}

std::string format_go_float(double number) {
  if (auto special = print_special(number)) return *special;
  const std::string scientific = print(number, std::chars_format::scientific);
  int exponent = 0;
  const size_t e = scientific.find('e');
  const char* digits = scientific.data() + e + (scientific[e + 1] == '+' ? 2 : 1);
  std::from_chars(digits, scientific.data() + scientific.size(), exponent);
  if (exponent < -4 || exponent >= 6) return scientific;
  return print(number, std::chars_format::fixed);
}

std::string format_go_value(const json::value& value) {
  if (value.is_null()) return "<nil>";
  if (value.is_string()) return str(value.get_string());
  if (value.is_double()) return format_go_float(value.get_double());
  if (value.is_bool() || value.is_number()) return print_json(value);
  std::string out;
  if (const json::array* array = value.if_array()) {
    for (const json::value& item : *array) out += (out.empty() ? "" : " ") + format_go_value(item);
    return "[" + out + "]";
  }
  std::map<std::string_view, const json::value*> members;
  for (const auto& member : value.get_object()) members[member.key()] = &member.value();
  for (const auto& [key, member] : members) {
    out += (out.empty() ? "" : " ") + std::string(key) + ":" + format_go_value(*member);
  }
  return "map[" + out + "]";
}

}  // namespace slipway::expr
