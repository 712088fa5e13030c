#include <fmt/format.h>

#include "core/expr/golang/calendar.h"
#include "core/expr/golang/golang.h"

namespace slipway::expr {
namespace {

// Week of the year when weeks begin on `first` (0 is Sunday), as lestrrat-go counts.
int week_number(const Civil& c, int first) {
  const int offset = (c.weekday - first + 7) % 7;
  return c.year_day < offset ? 0 : (c.year_day - offset) / 7 + 1;
}

int hour12(const Civil& c) { return c.hour % 12 == 0 ? 12 : c.hour % 12; }

// Letters that are one Go layout.
std::string_view layout_of(char letter) {
  switch (letter) {
    case 'A':
      return "Monday";
    case 'a':
      return "Mon";
    case 'B':
      return "January";
    case 'b':
    case 'h':
      return "Jan";
    case 'c':
      return "Mon Jan _2 15:04:05 2006";
    case 'D':
    case 'x':
      return "01/02/06";
    case 'd':
      return "02";
    case 'e':
      return "_2";
    case 'F':
      return "2006-01-02";
    case 'H':
      return "15";
    case 'I':
      return "03";
    case 'M':
      return "04";
    case 'm':
      return "01";
    case 'p':
      return "PM";
    case 'R':
      return "15:04";
    case 'r':
      return "03:04:05 PM";
    case 'S':
      return "05";
    case 'T':
    case 'X':
      return "15:04:05";
    case 'v':
      return "_2-Jan-2006";
    case 'Y':
      return "2006";
    case 'y':
      return "06";
    case 'Z':
      return "MST";
    case 'z':
      return "-0700";
    default:
      return "";
  }
}

}  // namespace

Result<std::string> go_strftime(char letter, Time time) {
  if (const std::string_view layout = layout_of(letter); !layout.empty()) {
    return go_format_time(layout, time);
  }
  const Civil c = to_civil(time);
  switch (letter) {
    case 'C':
      return fmt::format("{:02}", c.year / 100);
    case 'j':
      return fmt::format("{:03}", c.year_day);
    case 'k':
      return fmt::format("{:2}", c.hour);
    case 'l':
      return fmt::format("{:2}", hour12(c));
    case 'n':
      return std::string("\n");
    case 's':
      return std::to_string(time.to_seconds());
    case 't':
      return std::string("\t");
    case 'U':
      return fmt::format("{:02}", week_number(c, 0));
    case 'u':
      return std::to_string(c.weekday == 0 ? 7 : c.weekday);
    case 'V':
      return fmt::format("{:02}", iso_week(c));
    case 'W':
      return fmt::format("{:02}", week_number(c, 1));
    case 'w':
      return std::to_string(c.weekday);
    case '%':
      return std::string("%");
    default:
      return Error{ErrorCode::kInvalid,
                   fmt::format("{} is not a strftime letter", go_quote(std::string(1, letter))),
                   ""};
  }
}

}  // namespace slipway::expr
