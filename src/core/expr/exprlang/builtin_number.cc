#include <algorithm>
#include <cmath>
#include <limits>

#include "core/expr/exprlang/builtin.h"

namespace slipway::expr::lang {
namespace {

Result<double> number(std::string_view function, const Value& value) {
  if (value.is_number()) return value.number();
  return bad_argument("invalid argument for " + std::string(function) + ": want a number", value);
}

Result<Value> abs(Arguments args, Context&) {
  if (const auto* i = args[0].if_int()) {
    return Value(*i < 0 ? static_cast<int64_t>(0 - static_cast<uint64_t>(*i)) : *i);
  }
  TRY_ASSIGN(const double value, number("abs", args[0]));
  return Value(std::fabs(value));
}

Result<Value> ceil(Arguments args, Context&) {
  TRY_ASSIGN(const double value, number("ceil", args[0]));
  return Value(std::ceil(value));
}

Result<Value> floor(Arguments args, Context&) {
  TRY_ASSIGN(const double value, number("floor", args[0]));
  return Value(std::floor(value));
}

Result<Value> round(Arguments args, Context&) {
  TRY_ASSIGN(const double value, number("round", args[0]));
  return Value(std::round(value));
}

// Numbers of the arguments, one level of lists opened.
Result<std::vector<Value>> numbers(std::string_view function, Arguments args, Context& context) {
  std::vector<Value> all;
  for (const Value& arg : args) {
    const size_t count = arg.is_array() ? arg.size() : 1;
    TRY(context.fuel.spend(count));
    for (size_t i = 0; i < count; ++i) {
      Value item = arg.is_array() ? arg.item(i) : arg;
      TRY(number(function, item));
      all.push_back(std::move(item));
    }
  }
  return all;
}

Result<Value> extreme(std::string_view function, Arguments args, Context& context, int sign) {
  TRY_ASSIGN(const std::vector<Value> all, numbers(function, args, context));
  if (all.empty()) return Value();
  const Value* best = &all[0];
  for (const Value& value : all) {
    if (sign * compare(value, *best).value_or(0) > 0) best = &value;
  }
  return *best;
}

Result<Value> max(Arguments args, Context& context) { return extreme("max", args, context, 1); }
Result<Value> min(Arguments args, Context& context) { return extreme("min", args, context, -1); }

Result<Value> mean(Arguments args, Context& context) {
  TRY_ASSIGN(const std::vector<Value> all, numbers("mean", args, context));
  if (all.empty()) return Value(0.0);
  double sum = 0;
  for (const Value& value : all) sum += value.number();
  return Value(sum / static_cast<double>(all.size()));
}

Result<Value> median(Arguments args, Context& context) {
  TRY_ASSIGN(const std::vector<Value> all, numbers("median", args, context));
  if (all.empty()) return Value(0.0);
  std::vector<double> sorted;
  for (const Value& value : all) {
    if (std::isnan(value.number())) return value;
    sorted.push_back(value.number());
  }
  std::sort(sorted.begin(), sorted.end());
  const size_t middle = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return Value(sorted[middle]);
  return Value((sorted[middle - 1] + sorted[middle]) / 2);
}

template <class Operation>
Result<Value> bits(Arguments args, Operation&& operation) {
  for (const Value& arg : args) {
    if (arg.if_int() == nullptr) return bad_argument("bit operations want integers", arg);
  }
  return operation(*args[0].if_int(), args.size() > 1 ? *args[1].if_int() : 0);
}

Result<Value> bitand_(Arguments args, Context&) {
  return bits(args, [](int64_t a, int64_t b) { return Value(a & b); });
}
Result<Value> bitor_(Arguments args, Context&) {
  return bits(args, [](int64_t a, int64_t b) { return Value(a | b); });
}
Result<Value> bitxor(Arguments args, Context&) {
  return bits(args, [](int64_t a, int64_t b) { return Value(a ^ b); });
}
Result<Value> bitnand(Arguments args, Context&) {
  return bits(args, [](int64_t a, int64_t b) { return Value(a & ~b); });  // Go's &^
}
Result<Value> bitnot(Arguments args, Context&) {
  return bits(args, [](int64_t a, int64_t) { return Value(~a); });
}

Error negative_shift() {
  return Error{ErrorCode::kInvalid, "invalid operation: negative shift count", ""};
}

Result<Value> bitshl(Arguments args, Context&) {
  return bits(args, [](int64_t a, int64_t b) -> Result<Value> {
    if (b < 0) return negative_shift();
    return Value(b > 63 ? int64_t{0} : static_cast<int64_t>(static_cast<uint64_t>(a) << b));
  });
}
Result<Value> bitshr(Arguments args, Context&) {
  return bits(args, [](int64_t a, int64_t b) -> Result<Value> {
    if (b < 0) return negative_shift();
    return Value(a >> std::min<int64_t>(b, 63));
  });
}
Result<Value> bitushr(Arguments args, Context&) {
  return bits(args, [](int64_t a, int64_t b) -> Result<Value> {
    if (b < 0) return negative_shift();
    return Value(b > 63 ? int64_t{0} : static_cast<int64_t>(static_cast<uint64_t>(a) >> b));
  });
}

constexpr Builtin kTable[] = {
    {"abs", 1, 1, abs},
    {"ceil", 1, 1, ceil},
    {"floor", 1, 1, floor},
    {"round", 1, 1, round},
    {"max", 1, kAnyNumber, max},
    {"min", 1, kAnyNumber, min},
    {"mean", 1, kAnyNumber, mean},
    {"median", 1, kAnyNumber, median},
    {"bitand", 2, 2, bitand_},
    {"bitor", 2, 2, bitor_},
    {"bitxor", 2, 2, bitxor},
    {"bitnand", 2, 2, bitnand},
    {"bitnot", 1, 1, bitnot},
    {"bitshl", 2, 2, bitshl},
    {"bitshr", 2, 2, bitshr},
    {"bitushr", 2, 2, bitushr},
};

}  // namespace

std::span<const Builtin> number_builtins() { return kTable; }

Result<Value> add_numbers(const Value& a, const Value& b) {
  if (a.if_int() != nullptr && b.if_int() != nullptr) {
    return Value(static_cast<int64_t>(static_cast<uint64_t>(*a.if_int()) +
                                      static_cast<uint64_t>(*b.if_int())));
  }
  if (!a.is_number()) return bad_argument("sum wants numbers", a);
  if (!b.is_number()) return bad_argument("sum wants numbers", b);
  return Value(a.number() + b.number());
}

}  // namespace slipway::expr::lang
