#include "core/schedule/field.h"

#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace slipway::schedule {
namespace {

Error bad(const Bounds& bounds, std::string_view text, std::string why) {
  return {ErrorCode::kInvalid,
          std::string(bounds.name) + " field \"" + std::string(text) + "\": " + std::move(why)};
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool same_word(std::string_view a, std::string_view lower) {
  return a.size() == lower.size() &&
         std::equal(a.begin(), a.end(), lower.begin(),
                    [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x + 32 : x) == y; });
}

std::optional<int> number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::optional<int> number_or_word(std::string_view text, const Bounds& bounds) {
  int value = bounds.min;
  if (!bounds.words.empty()) {
    for (const std::string_view word : split(bounds.words, ' ')) {
      if (same_word(text, word)) return value;
      ++value;
    }
  }
  return number(text);
}

struct Range {
  int start = 0, end = 0, step = 1;
  bool any = false;
};

Result<Range> parse_range(std::string_view text, const Bounds& bounds) {
  const std::vector<std::string_view> slashes = split(text, '/');
  const std::vector<std::string_view> ends = split(slashes[0], '-');
  if (slashes.size() > 2) return bad(bounds, text, "too many slashes");
  Range range{bounds.min, bounds.max};
  const bool star = ends[0] == "*" || ends[0] == "?";
  if (!star) {
    if (ends.size() > 2) return bad(bounds, text, "too many hyphens");
    const auto start = number_or_word(ends[0], bounds);
    const auto end = ends.size() == 2 ? number_or_word(ends[1], bounds) : start;
    if (!start || !end) return bad(bounds, text, "not a number or name");
    range.start = *start;
    range.end = *end;
  }
  if (slashes.size() == 2) {
    const auto step = number(slashes[1]);
    if (!step) return bad(bounds, text, "the step is not a number");
    if (*step == 0) return bad(bounds, text, "the step must be positive");
    range.step = *step;
    if (ends.size() == 1) range.end = bounds.max;
  }
  range.any = star && range.step == 1;
  if (range.start < bounds.min || range.end > bounds.max) {
    return bad(bounds, text,
               "must be from " + std::to_string(bounds.min) + " to " + std::to_string(bounds.max));
  }
  if (range.start > range.end) return bad(bounds, text, "the range ends before it begins");
  return range;
}

// Nanoseconds of a Go unit; zero for an unknown one.
int64_t unit_of(std::string_view unit) {
  if (unit == "ns") return 1;
  if (unit == "us" || unit == "\u00b5s" || unit == "\u03bcs") return 1'000;
  if (unit == "ms") return 1'000'000;
  if (unit == "s") return 1'000'000'000;
  if (unit == "m") return 60'000'000'000;
  return unit == "h" ? 3'600'000'000'000 : 0;
}

}  // namespace

Result<Field> parse_field(std::string_view text, const Bounds& bounds) {
  Field field;
  for (const std::string_view part : split(text, ',')) {
    if (part.empty()) continue;
    TRY_ASSIGN(const Range range, parse_range(part, bounds));
    field.any |= range.any;
    for (int value = range.start; value <= range.end; value += std::min(range.step, 64)) {
      field.bits |= uint64_t{1} << value;
    }
  }
  if (field.bits == 0) return bad(bounds, text, "it matches nothing");
  return field;
}

Result<Duration> parse_every(std::string_view text) {
  const Error invalid{ErrorCode::kInvalid,
                      "@every needs a duration such as 1h30m, not \"" + std::string(text) + "\""};
  double total = 0;
  std::string_view rest = text;
  if (rest.starts_with('+')) rest.remove_prefix(1);
  if (rest.empty()) return invalid;
  while (!rest.empty()) {
    const size_t digits = std::min(rest.find_first_not_of("0123456789."), rest.size());
    const size_t end = std::min(rest.find_first_of("0123456789.", digits), rest.size());
    double number = 0;
    const auto [stop, error] = std::from_chars(rest.data(), rest.data() + digits, number);
    const int64_t unit = unit_of(rest.substr(digits, end - digits));
    if (error != std::errc() || stop != rest.data() + digits || unit == 0) return invalid;
    total += number * static_cast<double>(unit);
    rest.remove_prefix(end);
  }
  if (total > 9.2e18) return invalid;
  const int64_t seconds = static_cast<int64_t>(total) / 1'000'000'000;
  return Duration::seconds(std::max<int64_t>(seconds, 1));
}

}  // namespace slipway::schedule
