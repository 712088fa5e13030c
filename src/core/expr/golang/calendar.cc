#include "core/expr/golang/calendar.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <limits>

namespace slipway::expr {
namespace {

constexpr std::string_view kMonths[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
constexpr std::string_view kWeekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                          "Thursday", "Friday", "Saturday"};

// Days since 1970-01-01 of a proleptic Gregorian date, and back: eras of 400 years that begin in
// March, so that the leap day is the last of its year.
int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year += (month - 1) / 12;
  month = (month - 1) % 12 + 1;
  year -= month <= 2 ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

Civil date_from_days(int64_t days) {
  Civil civil;
  civil.weekday = static_cast<int>(((days + 4) % 7 + 7) % 7);
  const int64_t shifted = days + 719'468;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const int64_t day_of_era = shifted - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month = (5 * day_of_year + 2) / 153;
  civil.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  civil.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  civil.year = year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0);
  civil.year_day = static_cast<int>(days - days_from_civil(civil.year, 1, 1) + 1);
  return civil;
}

constexpr int64_t kSecondsPerDay = 86'400;

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

Error unknown_zone(std::string_view zone) {
  return Error{ErrorCode::kNotFound,
               fmt::format("unknown time zone {}: want a name such as UTC or Europe/Zurich", zone),
               ""};
}

// The database's library throws for a name that it does not know.
const date::time_zone* locate(std::string_view zone) {
  try {
    return date::locate_zone(std::string(zone));
  } catch (const std::exception&) {
    return nullptr;
  }
}

}  // namespace

Civil to_civil(Time time, int offset_seconds) {
  const int64_t utc = floor_div(time.ns, 1'000'000'000);
  const int64_t seconds = utc + offset_seconds;
  const int64_t days = floor_div(seconds, kSecondsPerDay);
  const int64_t rest = seconds - days * kSecondsPerDay;
  Civil civil = date_from_days(days);
  civil.hour = static_cast<int>(rest / 3600);
  civil.minute = static_cast<int>(rest / 60 % 60);
  civil.second = static_cast<int>(rest % 60);
  civil.nanosecond = static_cast<int>(time.ns % 1'000'000'000);
  if (civil.nanosecond < 0) civil.nanosecond += 1'000'000'000;
  civil.offset_seconds = offset_seconds;
  return civil;
}

Time from_civil(const Civil& c) {
  const int64_t days = days_from_civil(c.year, c.month, c.day);
  const int64_t seconds =
      days * kSecondsPerDay + c.hour * 3600 + c.minute * 60 + c.second - c.offset_seconds;
  const __int128 ns = static_cast<__int128>(seconds) * 1'000'000'000 + c.nanosecond;
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  return Time{ns > kMax ? kMax : ns < -kMax ? -kMax : static_cast<int64_t>(ns)};
}

int iso_week(const Civil& c) {
  const int weekday = (c.weekday + 6) % 7;  // 0 is Monday
  const Civil thursday =
      date_from_days(days_from_civil(c.year, 1, 1) + c.year_day - 1 + 3 - weekday);
  return (thursday.year_day - 1) / 7 + 1;
}

std::string_view month_name(int month) { return kMonths[(month + 11) % 12]; }
std::string_view weekday_name(int weekday) { return kWeekdays[weekday % 7]; }

Result<int> zone_offset(std::string_view zone, Time time) {
  if (zone.empty() || zone == "UTC" || zone == "Z") return 0;
  const date::time_zone* found = locate(zone);
  if (found == nullptr) return unknown_zone(zone);
  const date::sys_seconds at{std::chrono::seconds(time.to_seconds())};
  return static_cast<int>(found->get_info(at).offset.count());
}

Result<int> zone_offset_of_local(std::string_view zone, Time local) {
  if (zone.empty() || zone == "UTC" || zone == "Z") return 0;
  const date::time_zone* found = locate(zone);
  if (found == nullptr) return unknown_zone(zone);
  const date::local_seconds at{std::chrono::seconds(local.to_seconds())};
  return static_cast<int>(found->get_info(at).first.offset.count());
}

}  // namespace slipway::expr
