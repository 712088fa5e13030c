// Times: seconds since 1970, or [year, month from 0, day, hour, minute, second, weekday, day of the
// year from 0]. The local time is UTC.
#include <algorithm>
#include <cmath>

#include "core/expr/jq/builtin.h"
#include "core/expr/jq/civil.h"

namespace slipway::expr::jq {
namespace {

constexpr double kFarthest = 1e15;  // seconds; some thirty million years

Moment moment_of(double seconds) {
  if (std::isnan(seconds)) return {};
  seconds = std::min(std::max(seconds, -kFarthest), kFarthest);
  Moment moment{static_cast<int64_t>(seconds),
                static_cast<int64_t>((seconds - std::floor(seconds)) * 1e9)};
  moment.seconds += moment.nanoseconds / 1'000'000'000;
  return moment;
}

double seconds_of(Moment moment) {
  return static_cast<double>(moment.seconds) + static_cast<double>(moment.nanoseconds) / 1e9;
}

Result<Value> broken(Moment moment, Budget& budget) {
  const Broken b = break_down(moment);
  return make_array(
      {Value(b.year), Value(b.month - 1), Value(b.day), Value(b.hour), Value(b.minute),
       Value(static_cast<double>(b.second) + static_cast<double>(moment.nanoseconds) / 1e9),
       Value(b.weekday), Value(b.year_day - 1)},
      budget);
}

Result<Moment> from_broken(const Items& parts) {
  constexpr int64_t kMost = 1'000'000'000'000;
  int64_t numbers[6] = {0, 0, 0, 0, 0, 0};
  Moment moment;
  for (size_t i = 0; i < parts.size() && i < 8; ++i) {
    if (!parts[i].is_number()) return invalid("expected an array of 8 numbers");
    if (i == 5) {
      const double second = parts[i].number();
      moment.nanoseconds = static_cast<int64_t>((second - std::floor(second)) * 1e9);
    }
    if (i < 6) numbers[i] = std::min(std::max(parts[i].integer(), -kMost), kMost);
  }
  const int64_t year = std::min(std::max(numbers[0], int64_t{-30'000'000}), int64_t{30'000'000});
  moment.seconds = days_of(year, numbers[1] % 120'000 + 1, numbers[2] % 100'000'000) * 86400 +
                   numbers[3] * 3600 + numbers[4] * 60 + numbers[5];
  return moment;
}

Result<Value> gmtime(const Call& call) {
  if (!call.input.is_number()) return call.refuse();
  return broken(moment_of(call.input.number()), call.budget());
}

Result<Value> mktime(const Call& call) {
  if (call.input.if_array() == nullptr) return call.refuse();
  auto moment = from_broken(*call.input.if_array());
  if (!moment.ok()) return call.because(moment.error());
  return Value(seconds_of(*moment));
}

Result<Value> format(const Call& call) {
  const std::string* format = call.arguments[0].if_string();
  Result<Moment> moment = Moment();
  if (call.input.is_number()) {
    moment = moment_of(call.input.number());
  } else if (call.input.if_array() == nullptr || format == nullptr) {
    return call.refuse();
  } else {
    moment = from_broken(*call.input.if_array());
  }
  if (format == nullptr) {
    TRY_ASSIGN(const Value shown, broken(*moment, call.budget()));
    return Call{call.name, shown, call.arguments, call.context}.refuse();
  }
  if (!moment.ok()) return call.because(moment.error());
  if (!call.budget().spend(format->size())) return call.budget().error();
  return make_string(format_time(*moment, *format), call.budget());
}

Result<Value> parse(const Call& call) {
  const std::string *text = call.input.if_string(), *format = call.arguments[0].if_string();
  if (text == nullptr || format == nullptr) return call.refuse();
  if (!call.budget().spend(format->size())) return call.budget().error();
  const auto moment = parse_time(*text, *format);
  if (!moment.ok()) return call.because(moment.error());
  return broken(*moment, call.budget());
}

constexpr Native kNatives[] = {
    {"gmtime", 0, gmtime},   {"localtime", 0, gmtime},     {"mktime", 0, mktime},
    {"strftime", 1, format}, {"strflocaltime", 1, format}, {"strptime", 1, parse},
};

}  // namespace

std::span<const Native> time_natives() { return kNatives; }

}  // namespace slipway::expr::jq
