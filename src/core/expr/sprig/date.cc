#include <fmt/format.h>

#include "core/expr/golang/calendar.h"
#include "core/expr/golang/golang.h"
#include "core/expr/sprig/function.h"

namespace slipway::expr::sprig {
namespace {

constexpr std::string_view kRfc3339 = "2006-01-02T15:04:05.999999999Z07:00";

// An RFC 3339 text, a Unix time in seconds, or the texts of Go's time.Time.String().
Result<Moment> moment_of(const json::value& value) {
  if (value.is_number()) {
    const int64_t seconds = int_of(value);
    if (seconds > 9'000'000'000 || seconds < -9'000'000'000) {
      return invalid("the Unix time is out of range");
    }
    return Moment{Time::from_seconds(seconds), 0};
  }
  if (const auto* text = value.if_string()) {
    for (const std::string_view layout : {std::string_view("2006-01-02T15:04:05Z07:00"),
                                          std::string_view("2006-01-02 15:04:05 -0700 MST")}) {
      if (auto moment = go_parse_time(layout, view(*text)); moment.ok()) return moment;
    }
  }
  return invalid("want an RFC 3339 time such as 2026-11-23T09:55:00Z or Unix seconds, got " +
                 text_of(value));
}

Answer in_zone(std::string_view layout, const json::value& value, const json::value* zone) {
  TRY_ASSIGN(const Moment moment, moment_of(value));
  int offset = moment.offset_seconds;
  if (zone != nullptr) {
    TRY_ASSIGN(offset, zone_offset(view_of(*zone), moment.time));
  }
  return json::value(go_format_time(layout, moment.time, offset));
}

Answer date(Args a) { return in_zone(view_of(a[0]), a[1], nullptr); }
Answer date_in_zone(Args a) { return in_zone(view_of(a[0]), a[1], &a[2]); }
Answer html_date(Args a) { return in_zone("2006-01-02", a[0], nullptr); }
Answer html_date_in_zone(Args a) { return in_zone("2006-01-02", a[0], &a[1]); }

json::value print(const Moment& moment) {
  return json::value(go_format_time(kRfc3339, moment.time, moment.offset_seconds));
}

Answer must_date_modify(Args a) {
  TRY_ASSIGN(const Duration by, parse_go_duration(view_of(a[0])));
  TRY_ASSIGN(const Moment moment, moment_of(a[1]));
  const __int128 ns = static_cast<__int128>(moment.time.ns) + by.ns;
  if (ns > INT64_MAX || ns < INT64_MIN) return invalid("the time is out of range");
  return print({Time{static_cast<int64_t>(ns)}, moment.offset_seconds});
}

Answer date_modify(Args a) {
  auto modified = must_date_modify(a);
  return modified.ok() ? modified : Answer(a[1]);
}

Answer must_to_date(Args a) {
  TRY_ASSIGN(const Moment moment, go_parse_time(view_of(a[0]), view_of(a[1])));
  return print(moment);
}

Answer to_date(Args a) {
  auto parsed = must_to_date(a);
  return parsed.ok() ? parsed : Answer(json::value("0001-01-01T00:00:00Z"));
}

Answer unix_epoch(Args a) {
  TRY_ASSIGN(const Moment moment, moment_of(a[0]));
  return json::value(std::to_string(moment.time.to_seconds()));
}

Answer duration(Args a) {  // seconds → "1m35s"
  const int64_t seconds = int_of(a[0]);
  if (seconds > 9'000'000'000 || seconds < -9'000'000'000) return invalid("out of range");
  return json::value(format_go_duration(Duration::seconds(seconds)));
}

// The largest unit alone: "2h", "3mo".
Answer duration_round(Args a) {
  int64_t ns = 0;
  if (const auto* text = a[0].if_string()) {
    if (const auto parsed = parse_go_duration(view(*text)); parsed.ok()) ns = parsed->ns;
  } else {
    ns = int_of(a[0]);
  }
  const uint64_t seconds = static_cast<uint64_t>(ns < 0 ? -(ns + 1) : ns) / 1'000'000'000;
  constexpr std::pair<uint64_t, std::string_view> kUnits[] = {
      {365 * 86'400, "y"}, {30 * 86'400, "mo"}, {86'400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}};
  for (const auto& [size, name] : kUnits) {
    if (seconds >= size) return json::value(fmt::format("{}{}", seconds / size, name));
  }
  return json::value("0s");
}

constexpr Function kTable[] = {
    {"date", 2, 2, "s.", date},
    {"dateInZone", 3, 3, "s.s", date_in_zone},
    {"dateModify", 2, 2, "s.", date_modify},
    {"date_in_zone", 3, 3, "s.s", date_in_zone},
    {"date_modify", 2, 2, "s.", date_modify},
    {"duration", 1, 1, ".", duration},
    {"durationRound", 1, 1, ".", duration_round},
    {"htmlDate", 1, 1, ".", html_date},
    {"htmlDateInZone", 2, 2, ".s", html_date_in_zone},
    {"mustDateModify", 2, 2, "s.", must_date_modify},
    {"mustToDate", 2, 2, "s", must_to_date},
    {"must_date_modify", 2, 2, "s.", must_date_modify},
    {"toDate", 2, 2, "s", to_date},
    {"unixEpoch", 1, 1, ".", unix_epoch},
};

}  // namespace

std::span<const Function> date_functions() { return kTable; }

}  // namespace slipway::expr::sprig
