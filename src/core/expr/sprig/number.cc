#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/expr/sprig/function.h"
#include "core/expr/sprig/sprig.h"

namespace slipway::expr::sprig {
namespace {

template <class Fold>
Answer fold(Args a, Fold&& combine) {
  auto total = static_cast<uint64_t>(int_of(a[0]));
  for (size_t i = 1; i < a.size(); ++i) combine(total, static_cast<uint64_t>(int_of(a[i])));
  return json::value(static_cast<int64_t>(total));
}

Answer add(Args a) {
  return fold(a, [](uint64_t& total, uint64_t n) { total += n; });
}
Answer sub(Args a) {
  return fold(a, [](uint64_t& total, uint64_t n) { total -= n; });
}
Answer mul(Args a) {
  return fold(a, [](uint64_t& total, uint64_t n) { total *= n; });
}
Answer add1(Args a) {
  return json::value(static_cast<int64_t>(static_cast<uint64_t>(int_of(a[0])) + 1));
}

Answer div(Args a) {
  const int64_t by = int_of(a[1]);
  if (by == 0) return invalid("integer divide by zero");
  if (by == -1) return json::value(static_cast<int64_t>(0 - static_cast<uint64_t>(int_of(a[0]))));
  return json::value(int_of(a[0]) / by);
}

Answer mod(Args a) {
  const int64_t by = int_of(a[1]);
  if (by == 0) return invalid("integer divide by zero");
  return json::value(by == -1 ? int64_t{0} : int_of(a[0]) % by);
}

Answer max(Args a) {
  int64_t best = int_of(a[0]);
  for (const json::value& value : a) best = std::max(best, int_of(value));
  return json::value(best);
}
Answer min(Args a) {
  int64_t best = int_of(a[0]);
  for (const json::value& value : a) best = std::min(best, int_of(value));
  return json::value(best);
}
Answer maxf(Args a) {
  double best = float_of(a[0]);
  for (const json::value& value : a) best = std::max(best, float_of(value));
  return json::value(best);
}
Answer minf(Args a) {
  double best = float_of(a[0]);
  for (const json::value& value : a) best = std::min(best, float_of(value));
  return json::value(best);
}

// Sprig computes these in decimals: 0.1 + 0.2 is 0.3. Fifteen digits give the same.
json::value decimal(double value) {
  if (!std::isfinite(value)) return json::value(value);
  const std::string text = fmt::format("{:.15g}", value);
  double rounded = value;
  std::from_chars(text.data(), text.data() + text.size(), rounded);
  return json::value(rounded);
}

template <class Combine>
Answer foldf(Args a, Combine&& combine) {
  double total = float_of(a[0]);
  for (size_t i = 1; i < a.size(); ++i) total = combine(total, float_of(a[i]));
  return decimal(total);
}

Answer addf(Args a) {
  return foldf(a, [](double x, double y) { return x + y; });
}
Answer subf(Args a) {
  return foldf(a, [](double x, double y) { return x - y; });
}
Answer mulf(Args a) {
  return foldf(a, [](double x, double y) { return x * y; });
}
Answer divf(Args a) {
  for (const json::value& value : a.subspan(1)) {
    if (float_of(value) == 0) return invalid("division by zero");
  }
  return foldf(a, [](double x, double y) { return x / y; });
}
Answer add1f(Args a) { return decimal(float_of(a[0]) + 1); }

Answer ceil(Args a) { return json::value(std::ceil(float_of(a[0]))); }
Answer floor(Args a) { return json::value(std::floor(float_of(a[0]))); }

// round(x, places[, from which fraction up])
Answer round(Args a) {
  const double up_from = a.size() > 2 ? float_of(a[2]) : 0.5;
  const double scale =
      std::pow(10.0, static_cast<double>(std::clamp<int64_t>(int_of(a[1]), -300, 300)));
  const double scaled = scale * float_of(a[0]);
  const double fraction = scaled - std::trunc(scaled);
  const double rounded = fraction >= up_from ? std::ceil(scaled) : std::floor(scaled);
  return json::value(rounded / scale);
}

Answer to_int(Args a) { return json::value(int_of(a[0])); }
Answer to_float(Args a) { return json::value(float_of(a[0])); }

Answer atoi(Args a) {
  int64_t value = 0;
  std::string_view text = view_of(a[0]);
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return json::value(code == std::errc{} && end == text.data() + text.size() ? value : int64_t{0});
}

Answer to_decimal(Args a) {  // of octal digits
  const std::string text = text_of(a[0]);
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  return json::value(code == std::errc{} && end == text.data() + text.size() ? value : int64_t{0});
}

Result<std::vector<int64_t>> steps(int64_t from, int64_t to, int64_t step, bool inclusive) {
  std::vector<int64_t> out;
  if (step == 0) return out;
  for (__int128 i = from; step > 0 ? i < to + (inclusive ? 1 : 0) : i > to - (inclusive ? 1 : 0);
       i += step) {
    if (out.size() >= kSprigBytes / 8) return too_large();
    out.push_back(static_cast<int64_t>(i));
  }
  return out;
}

Answer listed(int64_t from, int64_t to, int64_t step) {
  TRY_ASSIGN(const std::vector<int64_t> numbers, steps(from, to, step, false));
  json::array out(numbers.begin(), numbers.end());
  return json::value(std::move(out));
}

Answer until(Args a) {
  const int64_t to = int_of(a[0]);
  return listed(0, to, to < 0 ? -1 : 1);
}
Answer until_step(Args a) { return listed(int_of(a[0]), int_of(a[1]), int_of(a[2])); }

// seq last | seq first last | seq first step last, as the shell's.
Answer seq(Args a) {
  const int64_t first = a.size() > 1 ? int_of(a[0]) : 1;
  const int64_t last = a.empty() ? 0 : int_of(a.back());
  const int64_t step = a.size() > 2 ? int_of(a[1]) : last < first ? -1 : 1;
  if (a.empty()) return json::value("");
  constexpr int64_t kFar = int64_t{1} << 62;
  if (last > kFar || last < -kFar) return too_large();
  TRY_ASSIGN(const std::vector<int64_t> numbers, steps(first, last, step, true));
  std::string out;
  for (const int64_t n : numbers) out += (out.empty() ? "" : " ") + std::to_string(n);
  return json::value(out);
}

constexpr Function kTable[] = {
    {"add", 1, kMany, ".", add},
    {"add1", 1, 1, ".", add1},
    {"add1f", 1, 1, ".", add1f},
    {"addf", 1, kMany, ".", addf},
    {"atoi", 1, 1, "s", atoi},
    {"biggest", 1, kMany, ".", max},
    {"ceil", 1, 1, ".", ceil},
    {"div", 2, 2, ".", div},
    {"divf", 2, kMany, ".", divf},
    {"float64", 1, 1, ".", to_float},
    {"floor", 1, 1, ".", floor},
    {"int", 1, 1, ".", to_int},
    {"int64", 1, 1, ".", to_int},
    {"max", 1, kMany, ".", max},
    {"maxf", 1, kMany, ".", maxf},
    {"min", 1, kMany, ".", min},
    {"minf", 1, kMany, ".", minf},
    {"mod", 2, 2, ".", mod},
    {"mul", 1, kMany, ".", mul},
    {"mulf", 1, kMany, ".", mulf},
    {"round", 2, 3, ".", round},
    {"seq", 0, 3, ".", seq},
    {"sub", 2, 2, ".", sub},
    {"subf", 2, kMany, ".", subf},
    {"toDecimal", 1, 1, ".", to_decimal},
    {"until", 1, 1, ".", until},
    {"untilStep", 3, 3, ".", until_step},
};

}  // namespace

std::span<const Function> number_functions() { return kTable; }

}  // namespace slipway::expr::sprig
