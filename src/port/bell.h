// Waking one waiting thread: how a loop sleeps until there is work or a time has come, without a
// clock of its own.
#pragma once

#include "base/time.h"

namespace slipway::port {

class Bell {
 public:
  virtual ~Bell() = default;
  // From any thread. A ring while nobody waits is kept for the next wait.
  virtual void ring() = 0;
  // Returns when rung, or after `at_most`.
  virtual void wait(Duration at_most) = 0;
};

}  // namespace slipway::port
