#include <fmt/format.h>

#include <cmath>

#include "core/expr/exprlang/evaluator.h"
#include "core/expr/golang/regex.h"

namespace slipway::expr::lang {
namespace {

Error mismatched(std::string_view op, const Value& a, const Value& b) {
  return Error{ErrorCode::kInvalid,
               fmt::format("invalid operation: {} (mismatched types {} and {})", op, a.go_type(),
                           b.go_type()),
               ""};
}

Error out_of_range() {
  return Error{ErrorCode::kInvalid, "invalid operation: time or duration out of range", ""};
}

// Go's integers wrap.
int64_t wrap(Binary op, int64_t a, int64_t b) {
  const auto x = static_cast<uint64_t>(a);
  const auto y = static_cast<uint64_t>(b);
  return static_cast<int64_t>(op == Binary::kAdd ? x + y : op == Binary::kSubtract ? x - y : x * y);
}

Result<Value> span(__int128 ns) {
  if (ns > INT64_MAX || ns < INT64_MIN) return out_of_range();
  return Value(Duration{static_cast<int64_t>(ns)});
}

// What times and durations allow; nullopt when neither side is one.
std::optional<Result<Value>> temporal(Binary op, const Value& a, const Value& b) {
  const auto* x = a.if_duration();
  const auto* y = b.if_duration();
  if (a.if_moment() != nullptr || b.if_moment() != nullptr) {
    if (op == Binary::kAdd || (op == Binary::kSubtract && y != nullptr)) {
      const Moment* moment = a.if_moment() != nullptr ? a.if_moment() : b.if_moment();
      const Duration* by = x != nullptr ? x : y;
      if (by == nullptr) return std::nullopt;
      const __int128 ns = static_cast<__int128>(moment->time.ns) +
                          (op == Binary::kAdd ? 1 : -1) * static_cast<__int128>(by->ns);
      if (ns > INT64_MAX || ns < INT64_MIN) return out_of_range();
      return Value(Moment{Time{static_cast<int64_t>(ns)}, moment->offset_seconds});
    }
    if (op == Binary::kSubtract) {
      const auto from = as_moment(a);
      const auto to = as_moment(b);
      if (!from || !to) return std::nullopt;
      return span(static_cast<__int128>(from->time.ns) - to->time.ns);
    }
    return std::nullopt;
  }
  if (x != nullptr && y != nullptr && op != Binary::kMultiply) {
    const __int128 sign = op == Binary::kAdd ? 1 : -1;
    return span(static_cast<__int128>(x->ns) + sign * y->ns);
  }
  if (op == Binary::kMultiply && (x != nullptr) != (y != nullptr)) {
    const Value& factor = x != nullptr ? b : a;
    const int64_t ns = x != nullptr ? x->ns : y->ns;
    if (const auto* i = factor.if_int()) return span(static_cast<__int128>(ns) * *i);
    if (const auto* d = factor.if_float()) {
      const double product = static_cast<double>(ns) * *d;
      if (!(std::fabs(product) < 9.2e18)) return out_of_range();
      return Value(Duration{static_cast<int64_t>(product)});
    }
  }
  return std::nullopt;
}

Result<Value> arithmetic(Binary op, std::string_view text, const Value& a, const Value& b,
                         Context& context) {
  if (a.if_int() != nullptr && b.if_int() != nullptr) {
    return Value(wrap(op, *a.if_int(), *b.if_int()));
  }
  if (a.is_number() && b.is_number()) {
    const double x = a.number();
    const double y = b.number();
    return Value(op == Binary::kAdd ? x + y : op == Binary::kSubtract ? x - y : x * y);
  }
  if (op == Binary::kAdd && a.if_string() != nullptr && b.if_string() != nullptr) {
    return make_string(*a.if_string() + *b.if_string(), context.fuel);
  }
  if (auto result = temporal(op, a, b)) return std::move(*result);
  return mismatched(text, a, b);
}

Result<Value> remainder(const Value& a, const Value& b) {
  if (a.if_int() == nullptr || b.if_int() == nullptr) return mismatched("%", a, b);
  if (*b.if_int() == 0) return Error{ErrorCode::kInvalid, "integer divide by zero", ""};
  if (*b.if_int() == -1) return Value(int64_t{0});
  return Value(*a.if_int() % *b.if_int());
}

Result<Value> range(const Value& a, const Value& b, Context& context) {
  if (a.if_int() == nullptr || b.if_int() == nullptr) return mismatched("..", a, b);
  const __int128 count = static_cast<__int128>(*b.if_int()) - *a.if_int() + 1;
  std::vector<Value> items;
  if (count > 0) {
    const bool huge = count > static_cast<__int128>(limit::kExpressionFuel);
    TRY(context.fuel.spend(huge ? limit::kExpressionFuel + 1 : static_cast<size_t>(count)));
    items.reserve(static_cast<size_t>(count));
    for (int64_t i = *a.if_int(); i < *b.if_int(); ++i) items.emplace_back(i);
    items.push_back(b);
  }
  return make_array(std::move(items), context.fuel);
}

Result<Value> in(const Value& needle, const Value& haystack, Context& context) {
  if (haystack.is_nil()) return Value(false);
  if (haystack.is_map()) {
    if (needle.is_nil()) return Value(false);
    if (needle.if_string() == nullptr) return mismatched("in", needle, haystack);
    return Value(haystack.has(*needle.if_string()));
  }
  if (!haystack.is_array()) return mismatched("in", needle, haystack);
  for (size_t i = 0; i < haystack.size(); ++i) {
    TRY_ASSIGN(const bool same, equal(needle, haystack.item(i), context.fuel));
    if (same) return Value(true);
  }
  return Value(false);
}

Result<Value> text_operator(Binary op, std::string_view name, const Value& a, const Value& b,
                            Context& context) {
  if (a.is_nil() || b.is_nil()) return Value(false);
  const std::string* x = a.if_string();
  const std::string* y = b.if_string();
  if (x == nullptr || y == nullptr) return mismatched(name, a, b);
  TRY(context.fuel.spend_text(x->size()));
  if (op == Binary::kContains) return Value(x->find(*y) != std::string::npos);
  if (op == Binary::kStartsWith) return Value(x->starts_with(*y));
  if (op == Binary::kEndsWith) return Value(x->ends_with(*y));
  TRY_ASSIGN(const Regex pattern, context.compile(*y));
  return Value(RE2::PartialMatch(*x, *pattern));
}

Result<Value> ordered(Binary op, std::string_view text, const Value& a, const Value& b) {
  if (a.is_number() && b.is_number() && !compare(a, b)) return Value(false);  // NaN
  const auto order = compare(a, b);
  if (!order) return mismatched(text, a, b);
  switch (op) {
    case Binary::kLess:
      return Value(*order < 0);
    case Binary::kLessEqual:
      return Value(*order <= 0);
    case Binary::kGreater:
      return Value(*order > 0);
    default:
      return Value(*order >= 0);
  }
}

}  // namespace

Result<Value> apply_binary(Binary op, std::string_view text, const Value& a, const Value& b,
                           Context& context) {
  switch (op) {
    case Binary::kAdd:
    case Binary::kSubtract:
    case Binary::kMultiply:
      return arithmetic(op, text, a, b, context);
    case Binary::kDivide:
      if (!a.is_number() || !b.is_number()) return mismatched(text, a, b);
      return Value(a.number() / b.number());
    case Binary::kRemainder:
      return remainder(a, b);
    case Binary::kPower:
      if (!a.is_number() || !b.is_number()) return mismatched(text, a, b);
      return Value(std::pow(a.number(), b.number()));
    case Binary::kEqual:
    case Binary::kNotEqual: {
      TRY_ASSIGN(const bool same, equal(a, b, context.fuel));
      return Value(same == (op == Binary::kEqual));
    }
    case Binary::kLess:
    case Binary::kLessEqual:
    case Binary::kGreater:
    case Binary::kGreaterEqual:
      return ordered(op, text, a, b);
    case Binary::kIn:
      return in(a, b, context);
    case Binary::kMatches:
    case Binary::kContains:
    case Binary::kStartsWith:
    case Binary::kEndsWith:
      return text_operator(op, text, a, b, context);
    case Binary::kRange:
      return range(a, b, context);
  }
  return Value();
}

}  // namespace slipway::expr::lang
