// What one run of a filter may cost. Counted, never timed, so that a run is the same everywhere.
#pragma once

#include <cstddef>
#include <string>

#include "base/limit.h"
#include "base/result.h"

namespace slipway::expr::jq {

// Ten times an expression's fuel: the input of a filter is a whole webhook.
inline constexpr size_t kSteps = 10 * limit::kExpressionFuel;
// Of strings, arrays and objects made, whether they still live or not.
inline constexpr size_t kBytes = 128u << 20;
// Frames, bindings and points to come back to that live at once: the depth of recursion.
inline constexpr size_t kLive = 100'000;

class Budget {
 public:
  // False from the first time that there is too little left, and for ever after.
  bool spend(size_t steps = 1) {
    if (steps <= steps_) return steps_ -= steps, true;
    return refuse("takes more than 10000000 steps"), false;
  }
  bool allocate(size_t bytes) {
    if (bytes <= bytes_) return bytes_ -= bytes, true;
    return refuse("makes more than 128 MiB of values"), false;
  }
  void refuse(const char* why) {
    steps_ = bytes_ = 0;
    if (reason_ == nullptr) reason_ = why;
  }
  bool exhausted() const { return reason_ != nullptr; }
  Error error() const {
    return {ErrorCode::kLimit, std::string("the filter ") + (reason_ ? reason_ : "is too large")};
  }

 private:
  size_t steps_ = kSteps;
  size_t bytes_ = kBytes;
  const char* reason_ = nullptr;
};

}  // namespace slipway::expr::jq
