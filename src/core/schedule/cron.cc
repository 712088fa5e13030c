#include "core/schedule/cron.h"

#include <date/tz.h>

#include <array>
#include <vector>

#include "core/schedule/field.h"

namespace slipway::schedule {
namespace {

using std::chrono::seconds;

constexpr Bounds kMinute{"minute", 0, 59};
constexpr Bounds kHour{"hour", 0, 23};
constexpr Bounds kDay{"day of month", 1, 31};
constexpr Bounds kMonth{"month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"};
constexpr Bounds kWeekday{"day of week", 0, 6, "sun mon tue wed thu fri sat"};

constexpr int kYears = 5;

struct Local {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, weekday = 0;
};

// A zone as a function between seconds since 1970 and local fields.
class Zone {
 public:
  static Result<Zone> find(std::string_view name) {
    Zone zone;
    if (name.empty() || name == "UTC") return zone;
    try {
      zone.zone_ = date::locate_zone(std::string(name));
    } catch (const std::exception&) {
      return Error{ErrorCode::kNotFound, "time zone \"" + std::string(name) +
                                             "\" is not known; use an IANA name such as "
                                             "Europe/Zurich"};
    }
    return zone;
  }

  Local local(int64_t time) const {
    const date::sys_seconds shifted{seconds(time + at(time).offset)};
    const auto days = date::floor<date::days>(shifted);
    const date::year_month_day ymd(days);
    const date::hh_mm_ss<seconds> clock(shifted - days);
    return {int(ymd.year()),
            int(unsigned(ymd.month())),
            int(unsigned(ymd.day())),
            int(clock.hours().count()),
            int(clock.minutes().count()),
            int(clock.seconds().count()),
            int(date::weekday(days).c_encoding())};
  }

  // As Go's time.Date: days past the month's end run into the next; a time that does not exist
  // comes out in one of the two offsets around the change.
  int64_t time_of(int year, int month, int day, int hour) const {
    const int overflow = (month - 1) / 12;
    const date::sys_days first{date::year(year + overflow) /
                               date::month(unsigned((month - 1) % 12 + 1)) / 1};
    const int64_t as_utc =
        seconds(first.time_since_epoch()).count() + int64_t{day - 1} * 86400 + hour * 3600;
    const Span span = at(as_utc);
    const int64_t time = as_utc - span.offset;
    if (time >= span.begin && time < span.end) return time;
    return as_utc - at(time).offset;
  }

 private:
  struct Span {
    int64_t begin = 0, end = 0, offset = 0;
  };
  Span at(int64_t time) const {
    if (zone_ == nullptr) return {INT64_MIN, INT64_MAX, 0};
    const auto info = zone_->get_info(date::sys_seconds(seconds(time)));
    return {info.begin.time_since_epoch().count(), info.end.time_since_epoch().count(),
            info.offset.count()};
  }

  const date::time_zone* zone_ = nullptr;  // owned by the process-wide database
};

// Local midnight of the day after; where clocks skip it, the first instant of that day.
int64_t next_midnight(const Zone& zone, const Local& from) {
  int64_t time = zone.time_of(from.year, from.month, from.day + 1, 0);
  const int hour = zone.local(time).hour;
  if (hour != 0) time += (hour > 12 ? 24 - hour : -hour) * int64_t{3600};
  return time;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  while (true) {
    const size_t start = text.find_first_not_of(" \t\r\n\v\f");
    if (start == std::string_view::npos) return out;
    text.remove_prefix(start);
    const size_t end = std::min(text.find_first_of(" \t\r\n\v\f"), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

// The five fields that a descriptor stands for; empty when it is none.
std::string_view expand(std::string_view descriptor) {
  if (descriptor == "@yearly" || descriptor == "@annually") return "0 0 1 1 *";
  if (descriptor == "@monthly") return "0 0 1 * *";
  if (descriptor == "@weekly") return "0 0 * * 0";
  if (descriptor == "@daily" || descriptor == "@midnight") return "0 0 * * *";
  return descriptor == "@hourly" ? "0 * * * *" : "";
}

bool has(uint64_t bits, int value) { return (bits >> value & 1) != 0; }

}  // namespace

Result<Cron> Cron::parse(std::string_view expression, std::string_view zone) {
  Cron cron;
  if (expression.starts_with("TZ=") || expression.starts_with("CRON_TZ=")) {
    const size_t equals = expression.find('=');
    const size_t space = std::min(expression.find(' '), expression.size());
    zone = expression.substr(equals + 1, space - equals - 1);
    expression.remove_prefix(space);
  }
  if (Result<Zone> found = Zone::find(zone); !found.ok()) return std::move(found).error();
  cron.zone_ = zone;

  std::vector<std::string_view> fields = words(expression);
  if (fields.size() == 2 && fields[0] == "@every") {
    TRY_ASSIGN(cron.every_, parse_every(fields[1]));
    return cron;
  }
  if (fields.size() == 1 && fields[0].starts_with('@')) {
    const std::string_view expanded = expand(fields[0]);
    if (expanded.empty()) {
      return Error{ErrorCode::kInvalid,
                   "unrecognized descriptor: " + std::string(fields[0]) +
                       "; use @yearly, @monthly, @weekly, @daily, @hourly or @every 1h"};
    }
    fields = words(expanded);
  }
  if (fields.size() != 5) {
    return Error{ErrorCode::kInvalid,
                 "a cron expression has 5 fields (minute, hour, day of month, month, day of week); "
                 "found " +
                     std::to_string(fields.size()) + " in \"" + std::string(expression) + "\""};
  }
  std::array<Field, 5> parsed;
  const Bounds* bounds[] = {&kMinute, &kHour, &kDay, &kMonth, &kWeekday};
  for (size_t i = 0; i < 5; ++i) {
    TRY_ASSIGN(parsed[i], parse_field(fields[i], *bounds[i]));
  }
  cron.minute_ = parsed[0].bits;
  cron.hour_ = parsed[1].bits;
  cron.day_ = parsed[2].bits;
  cron.month_ = parsed[3].bits;
  cron.weekday_ = parsed[4].bits;
  cron.any_day_ = parsed[2].any;
  cron.any_weekday_ = parsed[4].any;
  return cron;
}

std::optional<Time> Cron::next(Time after) const {
  if (every_.ns > 0) return Time::from_seconds(after.to_seconds()) + every_;
  const Result<Zone> found = Zone::find(zone_);
  if (!found.ok()) return std::nullopt;
  const Zone& zone = *found;
  const auto day_matches = [&](const Local& at) {
    const bool day = has(day_, at.day), weekday = has(weekday_, at.weekday);
    return any_day_ || any_weekday_ ? day && weekday : day || weekday;
  };
  int64_t time = after.to_seconds() + 1;
  const int last_year = zone.local(time).year + kYears;
  while (true) {
    const Local at = zone.local(time);
    if (at.year > last_year) return std::nullopt;
    const int64_t before = time;
    if (!has(month_, at.month)) {
      time = zone.time_of(at.year, at.month + 1, 1, 0);
    } else if (!day_matches(at)) {
      time = next_midnight(zone, at);
    } else if (!has(hour_, at.hour)) {
      time += 3600 - at.minute * 60 - at.second;
    } else if (!has(minute_, at.minute)) {
      time += 60 - at.second;
    } else if (!has(second_, at.second)) {
      ++time;
    } else {
      return Time::from_seconds(time);
    }
    if (time <= before) time = before + 3600;  // a clock change must not hold us
  }
}

}  // namespace slipway::schedule
