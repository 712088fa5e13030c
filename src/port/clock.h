// The wall clock, read only by the shell and passed inward as a value.
#pragma once

#include "base/time.h"

namespace slipway::port {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;            // may jump, in both directions
  virtual Duration monotonic() const = 0;  // never goes back; for measuring only
  virtual uint64_t entropy() = 0;          // seeds names and ids
};

}  // namespace slipway::port
