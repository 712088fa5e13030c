#include "core/view/duration.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "core/expr/golang/calendar.h"

namespace slipway::views {
namespace {

constexpr int64_t kMinute = 60, kHour = 3600, kDay = 86'400, kYear = 365 * kDay;

int64_t whole_seconds(Duration duration) {
  return std::max<int64_t>(duration.ns / Duration::seconds(1).ns, 0);
}

std::string two(int64_t seconds, int64_t unit, char name, int64_t small, char small_name) {
  const int64_t rest = seconds % unit / small;
  std::string out = fmt::format("{}{}", seconds / unit, name);
  if (rest > 0) out += fmt::format("{}{}", rest, small_name);
  return out;
}

std::string counted(int64_t count, std::string_view unit) {
  return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

struct Unit {
  int64_t seconds;
  std::string_view name;
};
constexpr Unit kUnits[] = {{kDay, "day"}, {kHour, "hour"}, {kMinute, "minute"}, {1, "second"}};

}  // namespace

std::string format_age(Duration age) {
  const int64_t s = whole_seconds(age);
  if (s < 2 * kMinute) return fmt::format("{}s", s);
  if (s < 10 * kMinute) return two(s, kMinute, 'm', 1, 's');
  if (s < 3 * kHour) return fmt::format("{}m", s / kMinute);
  if (s < 8 * kHour) return two(s, kHour, 'h', kMinute, 'm');
  if (s < 2 * kDay) return fmt::format("{}h", s / kHour);
  if (s < 8 * kDay) return two(s, kDay, 'd', kHour, 'h');
  if (s < 2 * kYear) return fmt::format("{}d", s / kDay);
  if (s < 8 * kYear) return two(s, kYear, 'y', kDay, 'd');
  return fmt::format("{}y", s / kYear);
}

std::string format_short(Duration duration) {
  const int64_t s = whole_seconds(duration);
  for (const Unit& unit : kUnits) {
    if (s >= unit.seconds) return fmt::format("{}{}", s / unit.seconds, unit.name.front());
  }
  return "0s";
}

std::string format_long(Duration duration) {
  const int64_t s = whole_seconds(duration);
  for (size_t i = 0; i + 1 < std::size(kUnits); ++i) {
    if (s < kUnits[i].seconds) continue;
    return counted(s / kUnits[i].seconds, kUnits[i].name) + " " +
           counted(s % kUnits[i].seconds / kUnits[i + 1].seconds, kUnits[i + 1].name);
  }
  return counted(s, "second");
}

std::string format_timestamp(Time time, Time now) {
  if (time.is_zero()) return {};
  const Duration past = now - time;
  std::string relative = "now";
  for (const Unit& unit : kUnits) {
    const int64_t seconds = whole_seconds(past.ns < 0 ? Duration{-past.ns} : past);
    if (seconds < unit.seconds) continue;
    relative = counted(seconds / unit.seconds, unit.name) + (past.ns < 0 ? " from now" : " ago");
    break;
  }
  return fmt::format("{} ({})", expr::go_format_time("Mon Jan 02 15:04:05 -0700", time), relative);
}

}  // namespace slipway::views
