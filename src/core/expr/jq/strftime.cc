#include <algorithm>
#include <array>

#include "core/expr/jq/civil.h"

namespace slipway::expr::jq {
namespace {

int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

constexpr int64_t kWidest = 1024;

// One directive with its flags: %-d, %_5H, %^a.
struct Directive {
  int64_t width = 0;
  char padding = '0';
  bool explicit_padding = false, no_padding = false, upper = false, swap = false;
};

class Formatter {
 public:
  explicit Formatter(Moment moment) : moment_(moment), b_(break_down(moment)) {}

  std::string run(std::string_view format) {
    for (size_t i = 0; i < format.size(); ++i) {
      if (format[i] != '%') {
        out_ += format[i];
        continue;
      }
      const size_t from = i++;
      Directive d;
      i = read_flags(format, i, d);
      size_t colons = 0;
      while (i + colons < format.size() && format[i + colons] == ':') ++colons;
      if (colons > 0 && colons <= 3 && i + colons < format.size() && format[i + colons] == 'z') {
        i += colons;
        out_ += colons == 1 ? "+00:00" : (colons == 2 ? "+00:00:00" : "+00");
      } else if (i >= format.size() || !directive(format[i], d)) {
        out_ += format.substr(from, i + 1 - from);
      }
    }
    return std::move(out_);
  }

 private:
  static size_t read_flags(std::string_view format, size_t i, Directive& d) {
    for (; i < format.size(); ++i) {
      const char c = format[i];
      if (c == '-') {
        d.no_padding = true;
      } else if (c == '_' || c == '0') {
        d.padding = c == '_' ? ' ' : '0';
        d.explicit_padding = true;
      } else if (c == '^') {
        d.upper = true;
      } else if (c == '#') {
        d.swap = true;
      } else {
        break;
      }
    }
    for (; i < format.size() && format[i] >= '0' && format[i] <= '9'; ++i) {
      d.width = std::min(kWidest, d.width * 10 + (format[i] - '0'));
    }
    return i;
  }

  void number(int64_t value, int64_t width, const Directive& d, char padding = '0') {
    const std::string digits = std::to_string(value);
    if (!d.no_padding) {
      const int64_t missing = std::max(width, d.width) - static_cast<int64_t>(digits.size());
      out_.append(static_cast<size_t>(std::max<int64_t>(missing, 0)),
                  d.explicit_padding ? d.padding : padding);
    }
    out_ += digits;
  }

  void text(std::string_view value, const Directive& d, bool lower = false) {
    std::string shown(value);
    for (char& c : shown) {
      const bool letter_up = c >= 'A' && c <= 'Z', letter_down = c >= 'a' && c <= 'z';
      if (letter_down && (d.upper || (d.swap && !lower))) c = static_cast<char>(c - 32);
      if (letter_up && lower && !d.upper) c = static_cast<char>(c + 32);
    }
    const int64_t missing = d.width - static_cast<int64_t>(shown.size());
    if (missing > 0) {
      out_.append(static_cast<size_t>(missing), d.explicit_padding ? d.padding : ' ');
    }
    out_ += shown;
  }

  int64_t iso_year_and_week(int64_t& week) const {
    const int64_t monday_first = (b_.weekday + 6) % 7;
    const int64_t thursday = b_.year_day - 1 - monday_first + 3;  // of this week, from 0
    int64_t year = b_.year;
    int64_t day = thursday;
    if (day < 0) {
      --year;
      day += days_of(year + 1, 1, 1) - days_of(year, 1, 1);
    } else if (const int64_t length = days_of(year + 1, 1, 1) - days_of(year, 1, 1);
               day >= length) {
      ++year;
      day -= length;
    }
    week = day / 7 + 1;
    return year;
  }

  bool directive(char c, const Directive& d) {
    if (const std::string_view parts = composition_of(c); !parts.empty()) {
      for (const char part : parts) {
        if (!directive(part, {.upper = d.upper})) out_ += part;
      }
      return true;
    }
    return date_directive(c, d) || time_directive(c, d);
  }

  bool date_directive(char c, const Directive& d) {
    int64_t week = 0;
    switch (c) {
      case 'Y':
        return number(b_.year, d.width == 0 ? 4 : 0, d), true;
      case 'y':
        return number(((b_.year % 100) + 100) % 100, 2, d), true;
      case 'C':
        return number(floor_divide(b_.year, 100), 2, d), true;
      case 'G':
        return number(iso_year_and_week(week), d.width == 0 ? 4 : 0, d), true;
      case 'g':
        return number(iso_year_and_week(week) % 100, 2, d), true;
      case 'V':
        return iso_year_and_week(week), number(week, 2, d), true;
      case 'U':
        return number((b_.year_day + 6 - b_.weekday) / 7, 2, d), true;
      case 'W':
        return number((b_.year_day + 6 - (b_.weekday + 6) % 7) / 7, 2, d), true;
      case 'm':
        return number(b_.month, 2, d), true;
      case 'B':
        return text(month_name_of(b_.month), d), true;
      case 'b':
      case 'h':
        return text(month_name_of(b_.month).substr(0, 3), d), true;
      case 'A':
        return text(weekday_name_of(b_.weekday), d), true;
      case 'a':
        return text(weekday_name_of(b_.weekday).substr(0, 3), d), true;
      case 'w':
        return number(b_.weekday, 1, d), true;
      case 'u':
        return number(b_.weekday == 0 ? 7 : b_.weekday, 1, d), true;
      case 'd':
        return number(b_.day, 2, d), true;
      case 'e':
        return number(b_.day, 2, d, ' '), true;
      case 'j':
        return number(b_.year_day, 3, d), true;
      default:
        return false;
    }
  }

  bool time_directive(char c, const Directive& d) {
    const int64_t hour12 = b_.hour % 12 == 0 ? 12 : b_.hour % 12;
    switch (c) {
      case 'H':
        return number(b_.hour, 2, d), true;
      case 'k':
        return number(b_.hour, 2, d, ' '), true;
      case 'I':
        return number(hour12, 2, d), true;
      case 'l':
        return number(hour12, 2, d, ' '), true;
      case 'p':
        return text(b_.hour < 12 ? "AM" : "PM", d, d.swap), true;
      case 'P':
        return text(b_.hour < 12 ? "AM" : "PM", d, !d.upper && !d.swap), true;
      case 'M':
        return number(b_.minute, 2, d), true;
      case 'S':
        return number(b_.second, 2, d), true;
      case 's':
        return number(moment_.seconds, 1, d, ' '), true;
      case 'f':
        return number(moment_.nanoseconds / 1000, d.width == 0 ? 6 : 0, d), true;
      case 'Z':
        return text("UTC", d), true;
      case 'z':
        return out_ += "+0000", true;
      case 't':
        return text("\t", d), true;
      case 'n':
        return text("\n", d), true;
      case '%':
        return text("%", d), true;
      default:
        return false;
    }
  }

  Moment moment_;
  Broken b_;
  std::string out_;
};

}  // namespace

// Counted in years that begin with March, so that the leap day is a year's last.
int64_t days_of(int64_t year, int64_t month, int64_t day) {
  year += floor_divide(month - 1, 12);
  month = month - 12 * floor_divide(month - 1, 12);
  if (month <= 2) --year;
  const int64_t era = floor_divide(year, 400), of_era = year - era * 400;
  const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year + day - 1 - 719468;
}

Broken break_down(Moment moment) {
  Broken b;
  const int64_t days = floor_divide(moment.seconds, 86400);
  const int64_t rest = moment.seconds - days * 86400;
  b.hour = rest / 3600;
  b.minute = rest / 60 % 60;
  b.second = rest % 60;
  b.weekday = ((days + 4) % 7 + 7) % 7;
  const int64_t shifted = days + 719468, era = floor_divide(shifted, 146097);
  const int64_t of_era = shifted - era * 146097;
  const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const int64_t month = (5 * of_year + 2) / 153;
  b.day = of_year - (153 * month + 2) / 5 + 1;
  b.month = month < 10 ? month + 3 : month - 9;
  b.year = year + era * 400 + (b.month <= 2 ? 1 : 0);
  b.year_day = days - days_of(b.year, 1, 1) + 1;
  return b;
}

std::string_view month_name_of(int64_t month) {
  constexpr std::array<std::string_view, 12> kNames = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  return kNames[static_cast<size_t>(month - 1)];
}

std::string_view weekday_name_of(int64_t weekday) {
  constexpr std::array<std::string_view, 7> kNames = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                      "Thursday", "Friday", "Saturday"};
  return kNames[static_cast<size_t>(weekday)];
}

std::string_view composition_of(char directive) {
  switch (directive) {
    case 'c':
      return "a b e H:M:S Y";
    case '+':
      return "a b e H:M:S Z Y";
    case 'F':
      return "Y-m-d";
    case 'D':
    case 'x':
      return "m/d/y";
    case 'v':
      return "e-b-Y";
    case 'T':
    case 'X':
      return "H:M:S";
    case 'r':
      return "I:M:S p";
    case 'R':
      return "H:M";
    default:
      return {};
  }
}

std::string format_time(Moment moment, std::string_view format) {
  return Formatter(moment).run(format);
}

}  // namespace slipway::expr::jq
