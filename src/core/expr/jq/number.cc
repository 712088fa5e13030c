#include "core/expr/jq/number.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace slipway::expr::jq {
namespace {

Error mismatch(std::string_view verb, const Value& a, const Value& b) {
  return invalid("cannot " + std::string(verb) + ": " + preview_with_type(a) + " and " +
                 preview_with_type(b));
}

Error by_zero(std::string_view verb, const Value& a, const Value& b) {
  return invalid("cannot " + std::string(verb) + " " + preview_with_type(a) +
                 " by: " + preview_with_type(b));
}

// Integers stay integers while they fit, and become floats where they do not.
template <class Overflows, class Floats>
Value calculate(const Value& a, const Value& b, Overflows overflows, Floats floats) {
  if (a.if_int() != nullptr && b.if_int() != nullptr) {
    int64_t result = 0;
    if (!overflows(*a.if_int(), *b.if_int(), &result)) return result;
  }
  return floats(a.number(), b.number());
}

Result<Value> add(Value left, const Value& right, Budget& budget) {
  if (left.is_number() && right.is_number()) {
    return calculate(
        left, right,
        [](int64_t a, int64_t b, int64_t* out) { return __builtin_add_overflow(a, b, out); },
        [](double a, double b) { return a + b; });
  }
  if (left.is_null()) return right;
  if (right.is_null()) return left;
  if (left.kind() != right.kind()) return mismatch("add", left, right);
  switch (left.kind()) {
    case Kind::kString: {
      const std::string more = *right.if_string();  // may be the same string
      if (!budget.allocate(more.size())) return budget.error();
      left.own_string(budget).append(more);
      return checked(std::move(left), budget);
    }
    case Kind::kArray: {
      const Value held = right;
      const Items& more = *held.if_array();
      if (left.if_array()->empty()) return right;
      if (!budget.spend(more.size() / 8) || !budget.allocate(more.size() * sizeof(Value))) {
        return budget.error();
      }
      Array& array = left.own_array(budget);
      array.items.insert(array.items.end(), more.begin(), more.end());
      array.depth = std::max(array.depth, held.depth());
      return checked(std::move(left), budget);
    }
    case Kind::kObject: {
      const Value held = right;
      if (left.if_object()->empty()) return right;
      Object& object = left.own_object(budget);
      for (const auto& [key, item] : *held.if_object()) {
        if (!budget.spend() || !budget.allocate(key.size() + 96)) return budget.error();
        object.members.insert_or_assign(key, item);
      }
      object.depth = std::max(object.depth, held.depth());
      return checked(std::move(left), budget);
    }
    default:
      return mismatch("add", left, right);
  }
}

Result<Value> subtract(const Value& left, const Value& right, Budget& budget) {
  if (left.is_number() && right.is_number()) {
    return calculate(
        left, right,
        [](int64_t a, int64_t b, int64_t* out) { return __builtin_sub_overflow(a, b, out); },
        [](double a, double b) { return a - b; });
  }
  if (left.if_array() == nullptr || right.if_array() == nullptr) {
    return mismatch("subtract", left, right);
  }
  Items rest;
  for (const Value& item : *left.if_array()) {
    bool found = false;
    for (const Value& other : *right.if_array()) {
      if ((found = compare(item, other, budget) == 0)) break;
    }
    if (budget.exhausted()) return budget.error();
    if (!found) rest.push_back(item);
  }
  return make_array(std::move(rest), budget);
}

Result<Value> merge(Value left, const Value& right, Budget& budget) {
  Object& object = left.own_object(budget);
  for (const auto& [key, item] : *right.if_object()) {
    if (!budget.spend() || !budget.allocate(key.size() + 96)) return budget.error();
    Value& place = object.members[key];
    if (place.if_object() != nullptr && item.if_object() != nullptr) {
      TRY_ASSIGN(place, merge(std::move(place), item, budget));
    } else {
      place = item;
    }
    object.grow(place);
  }
  return checked(std::move(left), budget);
}

// null for less than one time of nothing: a negative count, or what gojq finds too long.
Result<Value> repeat(const std::string& text, double times, Budget& budget) {
  constexpr double kMost = 0x10000000;
  if (times < 0 || std::isnan(times)) return Value();
  if (text.empty()) return Value(std::string());
  if (times > std::floor(kMost / static_cast<double>(text.size()))) return Value();
  const auto count = static_cast<size_t>(times);
  if (!budget.allocate(count * text.size()) || !budget.spend(count / 16)) return budget.error();
  std::string out;
  out.reserve(count * text.size());
  for (size_t i = 0; i < count; ++i) out += text;
  return Value(std::move(out));
}

Result<Value> multiply(Value left, const Value& right, Budget& budget) {
  if (left.is_number() && right.is_number()) {
    return calculate(
        left, right,
        [](int64_t a, int64_t b, int64_t* out) { return __builtin_mul_overflow(a, b, out); },
        [](double a, double b) { return a * b; });
  }
  if (left.if_object() != nullptr && right.if_object() != nullptr) {
    const Value held = right;
    return merge(std::move(left), held, budget);
  }
  if (left.if_string() != nullptr && right.is_number()) {
    return repeat(*left.if_string(), right.number(), budget);
  }
  if (left.is_number() && right.if_string() != nullptr) {
    return repeat(*right.if_string(), left.number(), budget);
  }
  return mismatch("multiply", left, right);
}

Result<Value> split(const std::string& text, const std::string& separator, Budget& budget) {
  if (text.empty()) return Value(Items());
  Items parts;
  TRY_ASSIGN(parts, split_text(text, separator, budget));
  return make_array(std::move(parts), budget);
}

Result<Value> divide(const Value& left, const Value& right, Budget& budget) {
  if (left.if_string() != nullptr && right.if_string() != nullptr) {
    return split(*left.if_string(), *right.if_string(), budget);
  }
  if (!left.is_number() || !right.is_number()) return mismatch("divide", left, right);
  if (right.number() == 0) return by_zero("divide", left, right);
  const int64_t *a = left.if_int(), *b = right.if_int();
  if (a != nullptr && b != nullptr && *b != -1 && *a % *b == 0) return Value(*a / *b);
  if (a != nullptr && b != nullptr && *b == -1) return apply_sign(Binary::kSubtract, left);
  return Value(left.number() / right.number());
}

Result<Value> modulo(const Value& left, const Value& right) {
  if (!left.is_number() || !right.is_number()) return mismatch("modulo", left, right);
  const auto is_nan = [](const Value& value) {
    return value.if_float() != nullptr && std::isnan(*value.if_float());
  };
  if (right.integer() == 0 && !is_nan(right)) return by_zero("modulo", left, right);
  if (is_nan(left) || is_nan(right)) return Value(std::numeric_limits<double>::quiet_NaN());
  return right.integer() == -1 ? Value(int64_t{0}) : Value(left.integer() % right.integer());
}

}  // namespace

Result<Value> apply(Binary binary, Value left, const Value& right, Budget& budget) {
  switch (binary) {
    case Binary::kAdd:
      return add(std::move(left), right, budget);
    case Binary::kSubtract:
      return subtract(left, right, budget);
    case Binary::kMultiply:
      return multiply(std::move(left), right, budget);
    case Binary::kDivide:
      return divide(left, right, budget);
    case Binary::kModulo:
      return modulo(left, right);
    case Binary::kAlternative:
      return left.truthy() ? left : right;
    default:
      break;
  }
  const int order = compare(left, right, budget);
  if (budget.exhausted()) return budget.error();
  switch (binary) {
    case Binary::kEqual:
      return Value(order == 0);
    case Binary::kUnequal:
      return Value(order != 0);
    case Binary::kLess:
      return Value(order < 0);
    case Binary::kGreater:
      return Value(order > 0);
    case Binary::kAtMost:
      return Value(order <= 0);
    default:
      return Value(order >= 0);
  }
}

Result<Value> apply_sign(Binary sign, const Value& value) {
  if (!value.is_number()) {
    return invalid(std::string("cannot ") + (sign == Binary::kAdd ? "plus" : "negate") + ": " +
                   preview_with_type(value));
  }
  if (sign == Binary::kAdd) return value;
  int64_t result = 0;
  if (value.if_int() != nullptr && !__builtin_sub_overflow(int64_t{0}, *value.if_int(), &result)) {
    return Value(result);
  }
  return Value(-value.number());
}

Value read_number(std::string_view text) {
  int64_t integer = 0;
  const char* end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, integer);
      read.ec == std::errc() && read.ptr == end) {
    return integer;
  }
  double number = 0;
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc::result_out_of_range) return number;
  // Too small is zero; too large is infinite.
  const size_t exponent = text.find_first_of("eE");
  const bool small = exponent != std::string_view::npos && text[exponent + 1] == '-';
  const double size = small ? 0.0 : std::numeric_limits<double>::infinity();
  return text.starts_with('-') ? -size : size;
}

std::optional<Value> parse_number(std::string_view text) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  size_t i = 0, digits = 0;
  const auto skip_digits = [&] {
    const size_t from = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - from;
  };
  digits = skip_digits();
  if (i < text.size() && text[i] == '.') {
    ++i;
    digits += skip_digits();
  }
  if (digits == 0) return std::nullopt;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (skip_digits() == 0) return std::nullopt;
  }
  if (i != text.size()) return std::nullopt;
  const std::string whole = (minus ? "-" : "") + std::string(text);
  return read_number(whole);
}

}  // namespace slipway::expr::jq
