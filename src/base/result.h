// Result<T>: a value or an Error, across every boundary.
//
//     Result<Manifest> parse(std::string_view text);
//
//     TRY_ASSIGN(Manifest manifest, parse(text));   // returns the Error to our caller
//     TRY(check(manifest));                         // the same for Result<void>
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "base/assert.h"
#include "base/error.h"

namespace slipway {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(implicit)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(implicit)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Asking for the side that is not there is a bug.
  T& value() & { return SLIPWAY_ASSERT(ok()), std::get<0>(state_); }
  const T& value() const& { return SLIPWAY_ASSERT(ok()), std::get<0>(state_); }
  T&& value() && { return SLIPWAY_ASSERT(ok()), std::get<0>(std::move(state_)); }
  Error& error() & { return SLIPWAY_ASSERT(!ok()), std::get<1>(state_); }
  const Error& error() const& { return SLIPWAY_ASSERT(!ok()), std::get<1>(state_); }
  Error&& error() && { return SLIPWAY_ASSERT(!ok()), std::get<1>(std::move(state_)); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT(implicit)

  bool ok() const { return !failed_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return SLIPWAY_ASSERT(failed_), error_; }
  Error&& error() && { return SLIPWAY_ASSERT(failed_), std::move(error_); }

 private:
  Error error_;
  bool failed_ = false;
};

using Status = Result<void>;

}  // namespace slipway

#define SLIPWAY_CONCAT_(a, b) a##b
#define SLIPWAY_CONCAT(a, b) SLIPWAY_CONCAT_(a, b)

#define TRY_ASSIGN(target, expression) \
  TRY_ASSIGN_(SLIPWAY_CONCAT(try_result_, __LINE__), target, expression)
#define TRY_ASSIGN_(temporary, target, expression)          \
  auto temporary = (expression);                            \
  if (!temporary.ok()) return std::move(temporary).error(); \
  target = std::move(temporary).value()

#define TRY(expression)                                     \
  do {                                                      \
    if (auto try_status = (expression); !try_status.ok()) { \
      return std::move(try_status).error();                 \
    }                                                       \
  } while (false)
