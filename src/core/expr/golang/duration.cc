#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "core/expr/golang/golang.h"

namespace slipway::expr {
namespace {

struct Unit {
  std::string_view name;
  uint64_t ns;
};

// Longest first where one begins another ("ms" before "m").
constexpr Unit kUnits[] = {
    {"ns", 1},
    {"us", 1'000},
    {"\xc2\xb5s", 1'000},  // U+00B5 micro sign
    {"\xce\xbcs", 1'000},  // U+03BC Greek mu
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
};

constexpr uint64_t kMax = uint64_t{1} << 63;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Error invalid(std::string_view text) {
  return Error{ErrorCode::kInvalid,
               fmt::format("invalid duration {}: want a number with a unit, such as 1h30m or 300ms",
                           go_quote(text)),
               ""};
}

Error missing_unit(std::string_view text) {
  return Error{
      ErrorCode::kInvalid,
      fmt::format("missing unit in duration {}: add one of ns, us, ms, s, m, h", go_quote(text)),
      ""};
}

// Reads "12.5h" from the front of `rest` and adds it to `total`; false on overflow or bad syntax.
enum class Piece { kOk, kBad, kNoUnit };
Piece take_piece(std::string_view& rest, uint64_t& total) {
  uint64_t whole = 0;
  size_t i = 0;
  for (; i < rest.size() && is_digit(rest[i]); ++i) {
    if (whole > kMax / 10) return Piece::kBad;
    whole = whole * 10 + static_cast<uint64_t>(rest[i] - '0');
  }
  bool digits = i > 0;
  double fraction = 0;
  double scale = 1;
  if (i < rest.size() && rest[i] == '.') {
    for (++i; i < rest.size() && is_digit(rest[i]); ++i) {
      digits = true;
      if (scale < 1e18) {
        fraction = fraction * 10 + (rest[i] - '0');
        scale *= 10;
      }
    }
  }
  if (!digits) return Piece::kBad;
  rest.remove_prefix(i);
  size_t length = 0;
  while (length < rest.size() && rest[length] != '.' && !is_digit(rest[length])) ++length;
  if (length == 0) return Piece::kNoUnit;
  for (const Unit& unit : kUnits) {
    if (rest.substr(0, length) != unit.name) continue;
    if (whole > kMax / unit.ns) return Piece::kBad;
    const uint64_t ns =
        whole * unit.ns + static_cast<uint64_t>(fraction * (static_cast<double>(unit.ns) / scale));
    if (ns > kMax || total > kMax - ns) return Piece::kBad;
    total += ns;
    rest.remove_prefix(length);
    return Piece::kOk;
  }
  return Piece::kBad;
}

// "1.5" from 1'500 of 1'000: no trailing zeros.
std::string decimal(uint64_t value, uint64_t unit) {
  std::string text = std::to_string(value / unit);
  uint64_t rest = value % unit;
  if (rest == 0) return text;
  text += '.';
  for (unit /= 10; rest > 0; unit /= 10) {
    text += static_cast<char>('0' + rest / unit);
    rest %= unit;
  }
  return text;
}

}  // namespace

Result<Duration> parse_go_duration(std::string_view text) {
  std::string_view rest = text;
  bool negative = false;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  if (rest == "0") return Duration{};
  if (rest.empty()) return invalid(text);
  uint64_t total = 0;
  while (!rest.empty()) {
    const Piece piece = take_piece(rest, total);
    if (piece == Piece::kNoUnit) return missing_unit(text);
    if (piece == Piece::kBad) return invalid(text);
  }
  if (negative) return Duration{static_cast<int64_t>(~total + 1)};
  if (total > kMax - 1) return invalid(text);
  return Duration{static_cast<int64_t>(total)};
}

std::string format_go_duration(Duration duration) {
  if (duration.ns == 0) return "0s";
  const bool negative = duration.ns < 0;
  const uint64_t ns =
      negative ? ~static_cast<uint64_t>(duration.ns) + 1 : static_cast<uint64_t>(duration.ns);
  std::string text = negative ? "-" : "";
  if (ns < 1'000) return text + std::to_string(ns) + "ns";
  if (ns < 1'000'000) return text + decimal(ns, 1'000) + "\xc2\xb5s";
  if (ns < 1'000'000'000) return text + decimal(ns, 1'000'000) + "ms";
  const uint64_t minutes = ns / 60'000'000'000;
  if (minutes >= 60) text += std::to_string(minutes / 60) + "h";
  if (minutes > 0) text += std::to_string(minutes % 60) + "m";
  return text + decimal(ns % 60'000'000'000, 1'000'000'000) + "s";
}

Result<Duration> parse_argo_duration(std::string_view text) {
  int64_t seconds = 0;
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(begin, end, seconds);
  if (code == std::errc{} && stop == end && begin != end) {
    constexpr int64_t kMaxSeconds = std::numeric_limits<int64_t>::max() / 1'000'000'000;
    if (seconds > kMaxSeconds || seconds < -kMaxSeconds) return invalid(text);
    return Duration::seconds(seconds);
  }
  return parse_go_duration(text);
}

}  // namespace slipway::expr
