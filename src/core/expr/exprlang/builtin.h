// The functions of expr-lang, and Argo's own: asInt, asFloat, jsonpath, toJson.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "core/expr/exprlang/value.h"
#include "core/expr/golang/regex.h"

namespace slipway::expr::lang {

struct Context {
  Fuel& fuel;
  std::optional<Time> now;
  Regexes regexes;

  Result<Regex> compile(std::string_view pattern) {
    return regexes.compile(pattern, [this](size_t steps) { return fuel.spend(steps); });
  }
};

using Arguments = std::span<const Value>;

struct Builtin {
  std::string_view name;
  size_t least, most;  // arguments
  Result<Value> (*call)(Arguments, Context&);
};

// nullptr: no such function. Errors of a call carry no position; the evaluator adds it.
const Builtin* find_builtin(std::string_view name);

// Functions that take a closure; the evaluator runs them (closure.cc).
struct Closure {
  enum class Kind {
    kAll,
    kNone,
    kAny,
    kOne,
    kFilter,
    kMap,
    kFind,
    kFindIndex,
    kFindLast,
    kFindLastIndex,
    kCount,
    kSum,
    kGroupBy,
    kSortBy,
    kReduce,
  };
  std::string_view name;
  Kind kind;
  bool optional = false;  // the closure may be left out
  size_t extra = 0;       // arguments that may follow it
};
const Closure* find_closure(std::string_view name);

// The parts of the table, by subject.
std::span<const Builtin> list_builtins();
std::span<const Builtin> number_builtins();
std::span<const Builtin> text_builtins();
std::span<const Builtin> time_builtins();
std::span<const Builtin> conversion_builtins();

// A method of a time or duration, such as Year or Seconds.
Result<Value> call_method(const Value& receiver, std::string_view name, Arguments args,
                          Context& context);

// What fmt prints for %v.
Result<std::string> go_print(const Value& value, Fuel& fuel);

// Ascending or descending by the value beside; items that do not compare are an error.
Result<Value> sort_items(std::vector<std::pair<Value, Value>> keyed, bool descending,
                         Context& context);
Result<bool> is_descending(const Value& order);

Error bad_argument(std::string_view what, const Value& value);

// A time, or a string that is an RFC 3339 time.
std::optional<Moment> as_moment(const Value& value);
std::string print_moment(const Moment& moment);

// sum() of two numbers or durations.
Result<Value> add_numbers(const Value& a, const Value& b);

inline constexpr size_t kAnyNumber = 1'000'000;

}  // namespace slipway::expr::lang
