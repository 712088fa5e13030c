// Civil time: a point in time taken apart in a fixed offset from UTC, and Go's layouts
// ("2006-01-02T15:04:05Z07:00").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace slipway::expr {

struct Civil {
  int64_t year = 1970;
  int month = 1, day = 1, hour = 0, minute = 0, second = 0, nanosecond = 0;
  int weekday = 4;         // 0 is Sunday
  int year_day = 1;        // 1 is January 1
  int offset_seconds = 0;  // east of UTC
};

Civil to_civil(Time time, int offset_seconds = 0);
// weekday and year_day are ignored; a month of 13 is next January. Clamped to what Time holds,
// which is about the years 1678 to 2262.
Time from_civil(const Civil& civil);
int iso_week(const Civil& civil);

std::string_view month_name(int month);      // 1..12
std::string_view weekday_name(int weekday);  // 0 is Sunday

// time.Time.Format. `zone` is printed for MST.
std::string go_format_time(std::string_view layout, Time time, int offset_seconds = 0,
                           std::string_view zone = "UTC");

struct Moment {
  Time time;
  int offset_seconds = 0;
};
// time.Parse; `default_offset` is used when the layout holds no zone.
Result<Moment> go_parse_time(std::string_view layout, std::string_view text,
                             int default_offset = 0);

// Seconds east of UTC in a zone of the tz database at `time` ("UTC", "Europe/Zurich"). kNotFound.
Result<int> zone_offset(std::string_view zone, Time time);
// The same for a local time that has not been placed yet: `local` counts as if it were UTC.
Result<int> zone_offset_of_local(std::string_view zone, Time local);

}  // namespace slipway::expr
