// The mathematical functions, with the names and the domain of C's.
#include <cmath>
#include <limits>

#include "core/expr/jq/builtin.h"
#include "core/expr/jq/number.h"

namespace slipway::expr::jq {
namespace {

template <double (*function)(double)>
Result<Value> one(const Call& call) {
  if (!call.input.is_number()) return call.refuse();
  return Value(function(call.input.number()));
}

// Of the arguments, not of the input.
template <double (*function)(double, double)>
Result<Value> two(const Call& call) {
  for (const Value& argument : call.arguments) {
    if (!argument.is_number()) return call.refuse(argument);
  }
  return Value(function(call.arguments[0].number(), call.arguments[1].number()));
}

double significand(double x) {
  return std::isfinite(x) && x != 0 ? std::scalbn(x, -std::ilogb(x)) : x;
}
double exp10(double x) { return std::pow(10, x); }
double lgamma(double x) {
  int sign = 0;
  return lgamma_r(x, &sign);  // std::lgamma writes a global
}
double fdim(double x, double y) { return std::fdim(x, y); }
double ldexp(double x, double y) { return std::ldexp(x, static_cast<int>(Value(y).integer())); }
double jn(double n, double x) { return ::jn(static_cast<int>(n), x); }
double yn(double n, double x) { return ::yn(static_cast<int>(n), x); }
double drem(double x, double y) {
  const double rest = std::remainder(x, y);
  return rest == 0 ? std::copysign(rest, x) : rest;
}
// Go's: a NaN on either side stays.
double fmax(double x, double y) { return std::isnan(x) || std::isnan(y) ? NAN : std::fmax(x, y); }
double fmin(double x, double y) { return std::isnan(x) || std::isnan(y) ? NAN : std::fmin(x, y); }
double pow(double x, double y) { return std::pow(x, y); }

Result<Value> absolute(const Call& call) {
  if (!call.input.is_number()) return call.refuse();
  if (call.input.if_int() != nullptr && *call.input.if_int() >= 0) return call.input;
  if (call.input.if_int() != nullptr) return apply_sign(Binary::kSubtract, call.input);
  return Value(std::fabs(call.input.number()));
}

Result<Value> fma(const Call& call) {
  for (const Value& argument : call.arguments) {
    if (!argument.is_number()) return call.refuse(argument);
  }
  return Value(
      std::fma(call.arguments[0].number(), call.arguments[1].number(), call.arguments[2].number()));
}

Result<Value> frexp(const Call& call) {
  if (!call.input.is_number()) return call.refuse();
  int exponent = 0;
  const double x = call.input.number();
  const double fraction = std::isfinite(x) ? std::frexp(x, &exponent) : x;
  return make_array({Value(fraction), Value(int64_t{exponent})}, call.budget());
}

Result<Value> modf(const Call& call) {
  if (!call.input.is_number()) return call.refuse();
  double whole = 0;
  const double fraction = std::modf(call.input.number(), &whole);
  return make_array({Value(fraction), Value(whole)}, call.budget());
}

bool is_infinite(const Value& value) {
  return value.if_float() != nullptr && std::isinf(*value.if_float());
}

Result<Value> is_nan(const Call& call) {
  if (call.input.is_null()) return Value(false);
  if (!call.input.is_number()) return call.refuse();
  return Value(std::isnan(call.input.number()));
}

constexpr Native kNatives[] = {
    {"sin", 0, one<std::sin>},
    {"cos", 0, one<std::cos>},
    {"tan", 0, one<std::tan>},
    {"asin", 0, one<std::asin>},
    {"acos", 0, one<std::acos>},
    {"atan", 0, one<std::atan>},
    {"sinh", 0, one<std::sinh>},
    {"cosh", 0, one<std::cosh>},
    {"tanh", 0, one<std::tanh>},
    {"asinh", 0, one<std::asinh>},
    {"acosh", 0, one<std::acosh>},
    {"atanh", 0, one<std::atanh>},
    {"floor", 0, one<std::floor>},
    {"round", 0, one<std::round>},
    {"nearbyint", 0, one<std::nearbyint>},
    {"rint", 0, one<std::nearbyint>},
    {"ceil", 0, one<std::ceil>},
    {"trunc", 0, one<std::trunc>},
    {"significand", 0, one<significand>},
    {"fabs", 0, one<std::fabs>},
    {"sqrt", 0, one<std::sqrt>},
    {"cbrt", 0, one<std::cbrt>},
    {"exp", 0, one<std::exp>},
    {"exp10", 0, one<exp10>},
    {"exp2", 0, one<std::exp2>},
    {"expm1", 0, one<std::expm1>},
    {"log", 0, one<std::log>},
    {"log10", 0, one<std::log10>},
    {"log1p", 0, one<std::log1p>},
    {"log2", 0, one<std::log2>},
    {"logb", 0, one<std::logb>},
    {"gamma", 0, one<std::tgamma>},
    {"tgamma", 0, one<std::tgamma>},
    {"lgamma", 0, one<lgamma>},
    {"erf", 0, one<std::erf>},
    {"erfc", 0, one<std::erfc>},
    {"j0", 0, one<::j0>},
    {"j1", 0, one<::j1>},
    {"y0", 0, one<::y0>},
    {"y1", 0, one<::y1>},
    {"atan2", 2, two<std::atan2>},
    {"copysign", 2, two<std::copysign>},
    {"drem", 2, two<drem>},
    {"fdim", 2, two<fdim>},
    {"fmax", 2, two<fmax>},
    {"fmin", 2, two<fmin>},
    {"fmod", 2, two<std::fmod>},
    {"hypot", 2, two<std::hypot>},
    {"jn", 2, two<jn>},
    {"yn", 2, two<yn>},
    {"nextafter", 2, two<std::nextafter>},
    {"nexttoward", 2, two<std::nextafter>},
    {"remainder", 2, two<std::remainder>},
    {"ldexp", 2, two<ldexp>},
    {"scalb", 2, two<ldexp>},
    {"scalbln", 2, two<ldexp>},
    {"pow", 2, two<pow>},
    {"fma", 3, fma},
    {"frexp", 0, frexp},
    {"modf", 0, modf},
    {"abs", 0, absolute},
    {"infinite", 0,
     [](const Call&) -> Result<Value> { return Value(std::numeric_limits<double>::infinity()); }},
    {"nan", 0,
     [](const Call&) -> Result<Value> { return Value(std::numeric_limits<double>::quiet_NaN()); }},
    {"isnan", 0, is_nan},
    {"isinfinite", 0,
     [](const Call& call) -> Result<Value> { return Value(is_infinite(call.input)); }},
    {"isfinite", 0,
     [](const Call& call) -> Result<Value> {
       return Value(call.input.is_number() && !is_infinite(call.input));
     }},
    {"isnormal", 0,
     [](const Call& call) -> Result<Value> {
       return Value(call.input.is_number() && std::isnormal(call.input.number()));
     }},
};

}  // namespace

std::span<const Native> number_natives() { return kNatives; }

}  // namespace slipway::expr::jq
