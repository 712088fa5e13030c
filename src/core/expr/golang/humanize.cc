#include "core/expr/golang/humanize.h"

#include <fmt/format.h>

#include <array>

namespace slipway::expr {
namespace {

constexpr int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour, kWeek = 7 * kDay,
                  kMonth = 30 * kDay, kYear = 12 * kMonth;

struct Magnitude {
  int64_t below;
  int64_t unit;
  std::string_view name;
};

// go-humanize counts years of twelve months of thirty days.
constexpr std::array kMagnitudes = {
    Magnitude{kMinute, 1, "second"},     Magnitude{kHour, kMinute, "minute"},
    Magnitude{kDay, kHour, "hour"},      Magnitude{kWeek, kDay, "day"},
    Magnitude{kMonth, kWeek, "week"},    Magnitude{kYear, kMonth, "month"},
    Magnitude{INT64_MAX, kYear, "year"},
};

std::string largest_unit(int64_t seconds) {
  for (const Magnitude& magnitude : kMagnitudes) {
    if (seconds >= magnitude.below) continue;
    const int64_t count = seconds / magnitude.unit;
    return fmt::format("{} {}{}", count, magnitude.name, count == 1 ? "" : "s");
  }
  return "a long while";
}

}  // namespace

std::string humanize_duration(Duration duration) {
  const int64_t seconds = duration.ns / 1'000'000'000;
  const std::string first = largest_unit(seconds);
  if (seconds < kMinute) return first;
  if (seconds < kHour) return fmt::format("{} {} seconds", first, seconds % kMinute);
  if (seconds < kDay) return fmt::format("{} {} minutes", first, seconds / kMinute % 60);
  return fmt::format("{} {} hours", first, seconds / kHour % 24);
}

}  // namespace slipway::expr
