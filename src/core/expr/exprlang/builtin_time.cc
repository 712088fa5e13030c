#include <fmt/format.h>

#include <cmath>

#include "core/expr/exprlang/builtin.h"
#include "core/expr/golang/golang.h"

namespace slipway::expr::lang {
namespace {

// What date() tries when no layout is given.
constexpr std::string_view kLayouts[] = {
    "2006-01-02",
    "15:04:05",
    "2006-01-02 15:04:05",
    "2006-01-02T15:04:05Z07:00",
    "02 Jan 06 15:04 MST",
    "Monday, 02-Jan-06 15:04:05 MST",
    "Mon, 02 Jan 2006 15:04:05 MST",
};

Result<Value> now(Arguments, Context& context) {
  if (context.now) return Value(Moment{*context.now, 0});
  return Error{ErrorCode::kUnsupported,
               "now() is not available here, so that a decision can be repeated: use "
               "workflow.creationTimestamp or a parameter",
               ""};
}

Result<Value> duration(Arguments args, Context&) {
  if (args[0].if_string() == nullptr) return bad_argument("duration wants a string", args[0]);
  TRY_ASSIGN(const Duration value, parse_go_duration(*args[0].if_string()));
  return Value(value);
}

Result<Value> timezone(Arguments args, Context&) {
  if (args[0].if_string() == nullptr) return bad_argument("timezone wants a string", args[0]);
  TRY(zone_offset(*args[0].if_string(), Time{}));
  return args[0];
}

Result<Value> date(Arguments args, Context&) {
  for (const Value& arg : args) {
    if (arg.if_string() == nullptr) return bad_argument("date wants strings", arg);
  }
  const std::string& text = *args[0].if_string();
  const auto parse = [&](std::string_view layout) -> Result<Value> {
    TRY_ASSIGN(Moment moment, go_parse_time(layout, text));
    if (args.size() > 2) {
      TRY_ASSIGN(const int offset, zone_offset_of_local(*args[2].if_string(), moment.time));
      TRY_ASSIGN(moment, go_parse_time(layout, text, offset));
    }
    return Value(moment);
  };
  if (args.size() > 1) return parse(*args[1].if_string());
  for (const std::string_view layout : kLayouts) {
    if (auto moment = parse(layout); moment.ok()) return moment;
  }
  return Error{ErrorCode::kInvalid, fmt::format("invalid date {}", text), ""};
}

constexpr Builtin kTable[] = {
    {"now", 0, 0, now},
    {"duration", 1, 1, duration},
    {"timezone", 1, 1, timezone},
    {"date", 1, 3, date},
};

using Field = int64_t (*)(const Civil&, const Moment&);
struct MomentField {
  std::string_view name;
  Field get;
};

constexpr MomentField kFields[] = {
    {"Year", [](const Civil& c, const Moment&) { return c.year; }},
    {"Month", [](const Civil& c, const Moment&) { return int64_t{c.month}; }},
    {"Day", [](const Civil& c, const Moment&) { return int64_t{c.day}; }},
    {"Hour", [](const Civil& c, const Moment&) { return int64_t{c.hour}; }},
    {"Minute", [](const Civil& c, const Moment&) { return int64_t{c.minute}; }},
    {"Second", [](const Civil& c, const Moment&) { return int64_t{c.second}; }},
    {"Nanosecond", [](const Civil& c, const Moment&) { return int64_t{c.nanosecond}; }},
    {"Weekday", [](const Civil& c, const Moment&) { return int64_t{c.weekday}; }},
    {"YearDay", [](const Civil& c, const Moment&) { return int64_t{c.year_day}; }},
    {"Unix", [](const Civil&, const Moment& m) { return m.time.to_seconds(); }},
    {"UnixMilli", [](const Civil&, const Moment& m) { return m.time.to_milliseconds(); }},
    {"UnixNano", [](const Civil&, const Moment& m) { return m.time.ns; }},
};

Error no_method(const Value& receiver, std::string_view name) {
  return Error{ErrorCode::kInvalid, fmt::format("{} has no method {}", receiver.go_type(), name),
               ""};
}

Result<Value> moment_method(const Value& receiver, std::string_view name, Arguments args) {
  const Moment& moment = *receiver.if_moment();
  if (args.empty()) {
    for (const MomentField& field : kFields) {
      if (field.name != name) continue;
      return Value(field.get(to_civil(moment.time, moment.offset_seconds), moment));
    }
    if (name == "UTC") return Value(Moment{moment.time, 0});
    if (name == "String") {
      return Value(go_format_time("2006-01-02 15:04:05.999999999 -0700 MST", moment.time,
                                  moment.offset_seconds));
    }
  }
  if (args.size() == 1) {
    if (name == "Format" && args[0].if_string() != nullptr) {
      return Value(go_format_time(*args[0].if_string(), moment.time, moment.offset_seconds));
    }
    if (name == "Add" && args[0].if_duration() != nullptr) {
      const __int128 ns = static_cast<__int128>(moment.time.ns) + args[0].if_duration()->ns;
      if (ns > INT64_MAX || ns < INT64_MIN) return bad_argument("Add: out of range", args[0]);
      return Value(Moment{Time{static_cast<int64_t>(ns)}, moment.offset_seconds});
    }
    if (const auto other = as_moment(args[0])) {
      if (name == "Before") return Value(moment.time < other->time);
      if (name == "After") return Value(moment.time > other->time);
      if (name == "Equal") return Value(moment.time == other->time);
    }
  }
  return no_method(receiver, name);
}

Result<Value> duration_method(const Value& receiver, std::string_view name, Arguments args) {
  if (!args.empty()) return no_method(receiver, name);
  const Duration d = *receiver.if_duration();
  if (name == "Hours") return Value(d.to_seconds() / 3600);
  if (name == "Minutes") return Value(d.to_seconds() / 60);
  if (name == "Seconds") return Value(d.to_seconds());
  if (name == "Milliseconds") return Value(d.ns / 1'000'000);
  if (name == "Microseconds") return Value(d.ns / 1'000);
  if (name == "Nanoseconds") return Value(d.ns);
  if (name == "String") return Value(format_go_duration(d));
  if (name == "Abs") return Value(Duration{d.ns < 0 && d.ns != INT64_MIN ? -d.ns : d.ns});
  return no_method(receiver, name);
}

}  // namespace

std::span<const Builtin> time_builtins() { return kTable; }

Result<Value> call_method(const Value& receiver, std::string_view name, Arguments args, Context&) {
  if (receiver.if_moment() != nullptr) return moment_method(receiver, name, args);
  if (receiver.if_duration() != nullptr) return duration_method(receiver, name, args);
  return no_method(receiver, name);
}

std::optional<Moment> as_moment(const Value& value) {
  if (const auto* moment = value.if_moment()) return *moment;
  const std::string* text = value.if_string();
  if (text == nullptr) return std::nullopt;
  auto moment = go_parse_time("2006-01-02T15:04:05Z07:00", *text);
  return moment.ok() ? std::optional(*moment) : std::nullopt;
}

}  // namespace slipway::expr::lang
