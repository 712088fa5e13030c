// Time as a value. Nothing here reads a clock: a Time comes from port/clock.h at the shell and is
// passed down as an argument.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/result.h"

namespace slipway {

// A span of time in nanoseconds; may be negative.
struct Duration {
  int64_t ns = 0;

  static constexpr Duration nanoseconds(int64_t n) { return {n}; }
  static constexpr Duration milliseconds(int64_t n) { return {n * 1'000'000}; }
  static constexpr Duration seconds(int64_t n) { return {n * 1'000'000'000}; }
  static constexpr Duration from_seconds(double n) { return {static_cast<int64_t>(n * 1e9)}; }

  constexpr double to_seconds() const { return static_cast<double>(ns) / 1e9; }
  constexpr int64_t to_milliseconds() const { return ns / 1'000'000; }

  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
  friend constexpr Duration operator*(Duration a, int64_t n) { return {a.ns * n}; }
};

// A point in time: nanoseconds since 1970-01-01T00:00:00Z.
struct Time {
  int64_t ns = 0;

  static constexpr Time from_seconds(int64_t n) { return {n * 1'000'000'000}; }
  static constexpr Time from_milliseconds(int64_t n) { return {n * 1'000'000}; }
  static constexpr Time max() { return {std::numeric_limits<int64_t>::max()}; }

  constexpr int64_t to_seconds() const {  // floor, also before 1970
    return ns / 1'000'000'000 - (ns % 1'000'000'000 < 0 ? 1 : 0);
  }
  constexpr int64_t to_milliseconds() const { return ns / 1'000'000; }
  constexpr Time truncated_to_seconds() const { return from_seconds(to_seconds()); }
  constexpr bool is_zero() const { return ns == 0; }

  friend constexpr auto operator<=>(Time, Time) = default;
  // What lies beyond the year 2262 is the last moment, and so at the other end: a schedule may say
  // "every 300 years".
  friend constexpr Time operator+(Time t, Duration d) {
    int64_t sum = 0;
    return {!__builtin_add_overflow(t.ns, d.ns, &sum) ? sum : d.ns > 0 ? INT64_MAX : INT64_MIN};
  }
  friend constexpr Time operator-(Time t, Duration d) {
    int64_t rest = 0;
    return {!__builtin_sub_overflow(t.ns, d.ns, &rest) ? rest : d.ns > 0 ? INT64_MIN : INT64_MAX};
  }
  friend constexpr Duration operator-(Time a, Time b) { return {a.ns - b.ns}; }
};

// "2026-11-23T09:55:00Z": RFC 3339 in UTC with second precision, as Kubernetes prints metav1.Time.
std::string format_rfc3339(Time time);

// Accepts fractions and offsets. Error kInvalid otherwise.
Result<Time> parse_rfc3339(std::string_view text);

}  // namespace slipway
