#include "core/manifest/yaml/scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/base64.h"
#include "base/utf8.h"

namespace slipway::manifest {
namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::optional<json::value> resolve_word(std::string_view text) {
  if (one_of(text, {"", "~", "null", "Null", "NULL"})) return json::value(nullptr);
  if (one_of(text, {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})) {
    return json::value(true);
  }
  if (one_of(text, {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})) {
    return json::value(false);
  }
  if (one_of(text, {".nan", ".NaN", ".NAN"})) {
    return json::value(std::numeric_limits<double>::quiet_NaN());
  }
  const bool negative = text.starts_with('-');
  std::string_view rest = text;
  if (negative || text.starts_with('+')) rest.remove_prefix(1);
  if (one_of(rest, {".inf", ".Inf", ".INF"})) {
    const double infinity = std::numeric_limits<double>::infinity();
    return json::value(negative ? -infinity : infinity);
  }
  return std::nullopt;
}

// Go's ParseInt with base 0: 0x, 0o, 0b, and a leading 0 for octal.
std::optional<json::value> parse_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = static_cast<char>(text[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    text.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  }
  uint64_t magnitude = 0;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, magnitude, base);
  if (text.empty() || code != std::errc() || stop != end) return std::nullopt;
  constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (negative) {
    if (magnitude > kMax + 1) return std::nullopt;
    return json::value(static_cast<int64_t>(0 - magnitude));
  }
  if (magnitude > kMax) return json::value(magnitude);
  return json::value(static_cast<int64_t>(magnitude));
}

size_t skip_digits(std::string_view text, size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
std::optional<double> parse_float(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  size_t at = text.starts_with('-') ? 1 : 0;
  const size_t whole = skip_digits(text, at);
  size_t end = whole;
  if (end < text.size() && text[end] == '.') {
    end = skip_digits(text, end + 1);
    if (whole == at && end == whole + 1) return std::nullopt;
  } else if (whole == at) {
    return std::nullopt;
  }
  if (end < text.size() && (text[end] | 0x20) == 'e') {
    size_t exponent = end + 1;
    if (exponent < text.size() && (text[exponent] == '-' || text[exponent] == '+')) ++exponent;
    end = skip_digits(text, exponent);
    if (end == exponent) return std::nullopt;
  }
  if (end != text.size()) return std::nullopt;
  double value = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

// A date stays the text that it is; go-yaml decides so when more than a number is there.
bool looks_like_date(std::string_view text) {
  return text.size() > 4 && skip_digits(text, 0) == 4 && text[4] == '-';
}

bool all_digits(std::string_view text) {
  return !text.empty() && skip_digits(text, 0) == text.size();
}

}  // namespace

json::value resolve_plain(std::string_view text) {
  if (auto word = resolve_word(text)) return std::move(*word);
  const char first = text.front();
  const auto as_text = [&] { return json::value(text); };
  if (first == '.') {
    const auto number = parse_float(text);
    return number ? json::value(*number) : as_text();
  }
  if (!is_digit(first) && first != '-' && first != '+') return as_text();
  if (looks_like_date(text)) return as_text();
  std::string plain(text);
  std::erase(plain, '_');
  if (auto integer = parse_integer(plain)) return std::move(*integer);
  std::string_view digits = plain;
  if (first == '-' || first == '+') digits.remove_prefix(1);
  // More than 64 bits: as a double it would become another number.
  if (all_digits(digits) && digits.size() > 18) return as_text();
  const auto number = parse_float(plain);
  return number ? json::value(*number) : as_text();
}

// As Go prints a string of any bytes as JSON: each that is no UTF-8 becomes U+FFFD.
std::string utf8_of(std::string_view bytes) {
  std::string out;
  while (!bytes.empty()) {
    const size_t length = utf8_length(bytes);
    out += length == 0 ? std::string_view("\xef\xbf\xbd") : bytes.substr(0, length);
    bytes.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

Result<json::value> resolve_tagged(std::string_view tag, std::string_view text) {
  if (!tag.starts_with(kTagPrefix)) return json::value(text);
  const std::string_view name = tag.substr(kTagPrefix.size());
  if (name == "str" || name == "timestamp") return json::value(text);
  if (name == "binary") {
    if (auto bytes = decode_base64(text); bytes.ok()) return json::value(utf8_of(*bytes));
    return Error{ErrorCode::kInvalid, "the text after !!binary is not base64", {}};
  }
  if (!one_of(name, {"int", "float", "bool", "null"})) return json::value(text);
  json::value value = resolve_plain(text);
  if (name == "float" && value.is_int64()) value = static_cast<double>(value.get_int64());
  const bool fits = (name == "int" && (value.is_int64() || value.is_uint64())) ||
                    (name == "float" && value.is_double()) || (name == "bool" && value.is_bool()) ||
                    (name == "null" && value.is_null());
  if (fits) return value;
  return Error{ErrorCode::kInvalid, fmt::format("{:?} does not fit the tag !!{}", text, name), {}};
}

bool needs_quotes(std::string_view text) {
  if (!resolve_plain(text).is_string() || text == "<<" || text == "=") return true;
  if (looks_like_date(text) && all_digits(text.substr(5, 1))) return true;
  // Sexagesimal: digits, then groups of ":" and one or two digits, perhaps a fraction.
  std::string_view rest = text;
  if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest.find(':') == std::string_view::npos || !is_digit(rest.front())) return false;
  return rest.find_first_not_of("0123456789_:.") == std::string_view::npos;
}

}  // namespace slipway::manifest
