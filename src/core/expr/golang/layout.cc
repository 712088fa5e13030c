// Go's time layouts: the reference time Mon Jan 2 15:04:05 MST 2006 written as one wants it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "core/expr/golang/calendar.h"
#include "core/expr/golang/golang.h"

namespace slipway::expr {
namespace {

enum class Part {
  kLiteral,
  kLongMonth,
  kShortMonth,
  kMonth,
  kZeroMonth,
  kLongWeekday,
  kShortWeekday,
  kDay,
  kSpaceDay,
  kZeroDay,
  kSpaceYearDay,
  kZeroYearDay,
  kHour,
  kHour12,
  kZeroHour12,
  kMinute,
  kZeroMinute,
  kSecond,
  kZeroSecond,
  kLongYear,
  kYear,
  kUpperPm,
  kLowerPm,
  kZoneName,
  kZone,      // ±hh[:mm[:ss]], Z for UTC where the text begins with Z
  kFraction,  // .000 or .999
};

struct Piece {
  Part part;
  std::string_view text;
};

// Longest first where one begins another.
constexpr Piece kPieces[] = {
    {Part::kLongMonth, "January"},
    {Part::kShortMonth, "Jan"},
    {Part::kLongWeekday, "Monday"},
    {Part::kShortWeekday, "Mon"},
    {Part::kZoneName, "MST"},
    {Part::kZeroYearDay, "002"},
    {Part::kZeroMonth, "01"},
    {Part::kZeroDay, "02"},
    {Part::kZeroHour12, "03"},
    {Part::kZeroMinute, "04"},
    {Part::kZeroSecond, "05"},
    {Part::kYear, "06"},
    {Part::kHour, "15"},
    {Part::kMonth, "1"},
    {Part::kLongYear, "2006"},
    {Part::kDay, "2"},
    {Part::kSpaceYearDay, "__2"},
    {Part::kSpaceDay, "_2"},
    {Part::kHour12, "3"},
    {Part::kMinute, "4"},
    {Part::kSecond, "5"},
    {Part::kUpperPm, "PM"},
    {Part::kLowerPm, "pm"},
    {Part::kZone, "-07:00:00"},
    {Part::kZone, "-070000"},
    {Part::kZone, "-07:00"},
    {Part::kZone, "-0700"},
    {Part::kZone, "-07"},
    {Part::kZone, "Z07:00:00"},
    {Part::kZone, "Z070000"},
    {Part::kZone, "Z07:00"},
    {Part::kZone, "Z0700"},
    {Part::kZone, "Z07"},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Piece piece_at(std::string_view layout) {
  if (layout.starts_with("_2006")) return {Part::kLiteral, layout.substr(0, 1)};
  for (const Piece& piece : kPieces) {
    if (!layout.starts_with(piece.text)) continue;
    const std::string_view rest = layout.substr(piece.text.size());
    // "January" inside a word such as "Januaryx" is fine, "Jan" before a lower-case letter is not.
    const bool word = piece.part == Part::kShortMonth || piece.part == Part::kShortWeekday;
    if (word && !rest.empty() && rest[0] >= 'a' && rest[0] <= 'z') break;
    return {piece.part, layout.substr(0, piece.text.size())};
  }
  if ((layout[0] == '.' || layout[0] == ',') && layout.size() > 1 &&
      (layout[1] == '0' || layout[1] == '9')) {
    size_t end = 1;
    while (end < layout.size() && layout[end] == layout[1]) ++end;
    if (end == layout.size() || !is_digit(layout[end])) {
      return {Part::kFraction, layout.substr(0, end)};
    }
  }
  return {Part::kLiteral, layout.substr(0, 1)};
}

int hour12(const Civil& c) { return c.hour % 12 == 0 ? 12 : c.hour % 12; }

std::string zone_text(std::string_view form, int offset) {
  if (form[0] == 'Z' && offset == 0) return "Z";
  const int magnitude = std::abs(offset);
  const std::string_view colon = form.find(':') != std::string_view::npos ? ":" : "";
  const auto digits = std::count_if(form.begin(), form.end(), is_digit);
  std::string text = fmt::format("{}{:02}", offset < 0 ? '-' : '+', magnitude / 3600);
  if (digits >= 4) text += fmt::format("{}{:02}", colon, magnitude / 60 % 60);
  if (digits >= 6) text += fmt::format("{}{:02}", colon, magnitude % 60);
  return text;
}

std::string fraction_text(std::string_view form, int nanosecond) {
  std::string digits =
      fmt::format("{:09}", nanosecond).substr(0, std::min<size_t>(form.size() - 1, 9));
  if (form[1] == '9') {
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    if (digits.empty()) return "";
  }
  return form[0] + digits;
}

std::string print(const Piece& piece, const Civil& c, std::string_view zone) {
  switch (piece.part) {
    case Part::kLiteral:
      return std::string(piece.text);
    case Part::kLongMonth:
      return std::string(month_name(c.month));
    case Part::kShortMonth:
      return std::string(month_name(c.month).substr(0, 3));
    case Part::kMonth:
      return std::to_string(c.month);
    case Part::kZeroMonth:
      return fmt::format("{:02}", c.month);
    case Part::kLongWeekday:
      return std::string(weekday_name(c.weekday));
    case Part::kShortWeekday:
      return std::string(weekday_name(c.weekday).substr(0, 3));
    case Part::kDay:
      return std::to_string(c.day);
    case Part::kSpaceDay:
      return fmt::format("{:2}", c.day);
    case Part::kZeroDay:
      return fmt::format("{:02}", c.day);
    case Part::kSpaceYearDay:
      return fmt::format("{:3}", c.year_day);
    case Part::kZeroYearDay:
      return fmt::format("{:03}", c.year_day);
    case Part::kHour:
      return fmt::format("{:02}", c.hour);
    case Part::kHour12:
      return std::to_string(hour12(c));
    case Part::kZeroHour12:
      return fmt::format("{:02}", hour12(c));
    case Part::kMinute:
      return std::to_string(c.minute);
    case Part::kZeroMinute:
      return fmt::format("{:02}", c.minute);
    case Part::kSecond:
      return std::to_string(c.second);
    case Part::kZeroSecond:
      return fmt::format("{:02}", c.second);
    case Part::kLongYear:
      return fmt::format("{:04}", c.year);
    case Part::kYear:
      return fmt::format("{:02}", (c.year % 100 + 100) % 100);
    case Part::kUpperPm:
      return c.hour >= 12 ? "PM" : "AM";
    case Part::kLowerPm:
      return c.hour >= 12 ? "pm" : "am";
    case Part::kZoneName:
      return c.offset_seconds == 0 ? std::string(zone) : zone_text("-07", c.offset_seconds);
    case Part::kZone:
      return zone_text(piece.text, c.offset_seconds);
    case Part::kFraction:
      return fraction_text(piece.text, c.nanosecond);
  }
  return "";
}

// What has been read so far of a text.
struct Reading {
  std::string_view rest;
  Civil civil{.year = 0};
  int year_day = 0;
  bool pm = false, am = false, has_offset = false;
};

// Between `least` and `most` digits.
bool take_number(std::string_view& rest, size_t least, size_t most, int& value) {
  size_t length = 0;
  value = 0;
  while (length < rest.size() && length < most && is_digit(rest[length])) {
    value = value * 10 + (rest[length++] - '0');
  }
  rest.remove_prefix(length);
  return length >= least;
}

bool same_letters(std::string_view a, std::string_view b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if ((a[i] | 0x20) != (b[i] | 0x20)) return false;
  }
  return true;
}

template <class Name>
bool take_name(std::string_view& rest, int first, int count, size_t length, Name&& name, int& out) {
  for (int i = first; i < first + count; ++i) {
    const std::string_view word = name(i).substr(0, length);
    if (rest.size() < word.size() || !same_letters(word, rest.substr(0, word.size()))) continue;
    rest.remove_prefix(word.size());
    out = i;
    return true;
  }
  return false;
}

bool take_zone(Reading& r, std::string_view form) {
  r.has_offset = true;
  r.civil.offset_seconds = 0;
  if (form[0] == 'Z' && r.rest.starts_with('Z')) return r.rest.remove_prefix(1), true;
  if (r.rest.empty() || (r.rest[0] != '+' && r.rest[0] != '-')) return false;
  const int sign = r.rest[0] == '-' ? -1 : 1;
  r.rest.remove_prefix(1);
  constexpr int kUnits[] = {3600, 60, 1};
  const auto fields = std::count_if(form.begin(), form.end(), is_digit) / 2;
  int offset = 0;
  for (int i = 0; i < fields; ++i) {
    if (i > 0 && form.find(':') != std::string_view::npos) {
      if (!r.rest.starts_with(':')) return false;
      r.rest.remove_prefix(1);
    }
    int value = 0;
    if (!take_number(r.rest, 2, 2, value) || value > (i == 0 ? 24 : 59)) return false;
    offset += value * kUnits[i];
  }
  r.civil.offset_seconds = sign * offset;
  return true;
}

bool take_fraction(Reading& r, bool required) {
  const bool present =
      r.rest.size() > 1 && (r.rest[0] == '.' || r.rest[0] == ',') && is_digit(r.rest[1]);
  if (!present) return !required;
  r.rest.remove_prefix(1);
  int64_t scale = 100'000'000;
  while (!r.rest.empty() && is_digit(r.rest[0])) {
    r.civil.nanosecond += static_cast<int>((r.rest[0] - '0') * scale);
    scale /= 10;
    r.rest.remove_prefix(1);
  }
  return true;
}

bool take_pm(Reading& r) {
  if (r.rest.size() < 2) return false;
  r.pm = same_letters("pm", r.rest.substr(0, 2));
  r.am = same_letters("am", r.rest.substr(0, 2));
  r.rest.remove_prefix(2);
  return r.pm || r.am;
}

bool take_zone_name(Reading& r) {
  size_t length = 0;
  while (length < r.rest.size() && length < 5 && r.rest[length] >= 'A' && r.rest[length] <= 'Z') {
    ++length;
  }
  const std::string_view name = r.rest.substr(0, length);
  r.rest.remove_prefix(length);
  if (name == "UTC" || name == "GMT") r.has_offset = true;
  return length >= 3;
}

void skip_space(std::string_view& rest) {
  while (rest.starts_with(' ')) rest.remove_prefix(1);
}

bool take(Reading& r, const Piece& piece) {
  Civil& c = r.civil;
  int year = 0;
  switch (piece.part) {
    case Part::kLiteral:
      if (!r.rest.starts_with(piece.text)) return false;
      r.rest.remove_prefix(piece.text.size());
      return true;
    case Part::kLongMonth:
      return take_name(r.rest, 1, 12, 99, month_name, c.month);
    case Part::kShortMonth:
      return take_name(r.rest, 1, 12, 3, month_name, c.month);
    case Part::kLongWeekday:
      return take_name(r.rest, 0, 7, 99, weekday_name, c.weekday);
    case Part::kShortWeekday:
      return take_name(r.rest, 0, 7, 3, weekday_name, c.weekday);
    case Part::kMonth:
      return take_number(r.rest, 1, 2, c.month);
    case Part::kZeroMonth:
      return take_number(r.rest, 2, 2, c.month);
    case Part::kSpaceDay:
    case Part::kDay:
      skip_space(r.rest);
      return take_number(r.rest, 1, 2, c.day);
    case Part::kZeroDay:
      return take_number(r.rest, 2, 2, c.day);
    case Part::kSpaceYearDay:
    case Part::kZeroYearDay:
      skip_space(r.rest);
      return take_number(r.rest, 1, 3, r.year_day) && r.year_day > 0;
    case Part::kHour:
      return take_number(r.rest, 2, 2, c.hour) && c.hour < 24;
    case Part::kHour12:
      return take_number(r.rest, 1, 2, c.hour) && c.hour <= 12;
    case Part::kZeroHour12:
      return take_number(r.rest, 2, 2, c.hour) && c.hour <= 12;
    case Part::kMinute:
      return take_number(r.rest, 1, 2, c.minute) && c.minute < 60;
    case Part::kZeroMinute:
      return take_number(r.rest, 2, 2, c.minute) && c.minute < 60;
    case Part::kSecond:
      return take_number(r.rest, 1, 2, c.second) && c.second < 60 && take_fraction(r, false);
    case Part::kZeroSecond:
      return take_number(r.rest, 2, 2, c.second) && c.second < 60 && take_fraction(r, false);
    case Part::kLongYear:
      if (!take_number(r.rest, 4, 4, year)) return false;
      c.year = year;
      return true;
    case Part::kYear:
      if (!take_number(r.rest, 2, 2, year)) return false;
      c.year = year >= 69 ? 1900 + year : 2000 + year;
      return true;
    case Part::kUpperPm:
    case Part::kLowerPm:
      return take_pm(r);
    case Part::kZoneName:
      return take_zone_name(r);
    case Part::kZone:
      return take_zone(r, piece.text);
    case Part::kFraction:
      return take_fraction(r, false);
  }
  return false;
}

int days_in(const Civil& c) {
  const bool leap = c.year % 4 == 0 && (c.year % 100 != 0 || c.year % 400 == 0);
  if (c.month == 2) return leap ? 29 : 28;
  return c.month == 4 || c.month == 6 || c.month == 9 || c.month == 11 ? 30 : 31;
}

Error does_not_fit(std::string_view layout, std::string_view text, std::string_view why) {
  return Error{
      ErrorCode::kInvalid,
      fmt::format("time {} does not fit the layout {}: {}", go_quote(text), go_quote(layout), why),
      ""};
}

}  // namespace

std::string go_format_time(std::string_view layout, Time time, int offset_seconds,
                           std::string_view zone) {
  const Civil civil = to_civil(time, offset_seconds);
  std::string out;
  while (!layout.empty()) {
    const Piece piece = piece_at(layout);
    out += print(piece, civil, zone);
    layout.remove_prefix(piece.text.size());
  }
  return out;
}

Result<Moment> go_parse_time(std::string_view layout, std::string_view text, int default_offset) {
  Reading r{.rest = text};
  for (std::string_view form = layout; !form.empty();) {
    const Piece piece = piece_at(form);
    if (!take(r, piece)) {
      return does_not_fit(
          layout, text,
          fmt::format("{} does not begin with {}", go_quote(r.rest), go_quote(piece.text)));
    }
    form.remove_prefix(piece.text.size());
  }
  if (!r.rest.empty()) return does_not_fit(layout, text, "extra text " + go_quote(r.rest));
  Civil& c = r.civil;
  if (r.pm && c.hour < 12) c.hour += 12;
  if (r.am && c.hour == 12) c.hour = 0;
  if (r.year_day > 0) c.month = 1, c.day = 1;
  if (c.month < 1 || c.month > 12) return does_not_fit(layout, text, "month out of range");
  if (c.day < 1 || c.day > days_in(c)) return does_not_fit(layout, text, "day out of range");
  if (r.year_day > 0) c.day = r.year_day;
  if (!r.has_offset) c.offset_seconds = default_offset;
  return Moment{from_civil(c), c.offset_seconds};
}

}  // namespace slipway::expr
