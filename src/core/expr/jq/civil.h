// Broken-down times in UTC as jq has them, of any year.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/expr/jq/value.h"

namespace slipway::expr::jq {

struct Moment {
  int64_t seconds = 0;  // since 1970
  int64_t nanoseconds = 0;
};

struct Broken {
  int64_t year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  int64_t weekday = 4;   // 0 is Sunday
  int64_t year_day = 1;  // 1 is January 1
};

// Days since 1970 of a date of the Gregorian calendar; months and days out of range are carried.
int64_t days_of(int64_t year, int64_t month, int64_t day);
Broken break_down(Moment moment);

// timefmt-go's Format, in UTC.
std::string format_time(Moment moment, std::string_view format);
// timefmt-go's Parse; its error texts.
Result<Moment> parse_time(std::string_view text, std::string_view format);

std::string_view month_name_of(int64_t month);      // 1 is January
std::string_view weekday_name_of(int64_t weekday);  // 0 is Sunday
// The directives that stand for others, as a row of them and of literal characters.
std::string_view composition_of(char directive);

}  // namespace slipway::expr::jq
