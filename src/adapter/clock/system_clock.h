// The machine's clocks, its entropy, and waiting.
#pragma once

#include <condition_variable>
#include <mutex>

#include "port/bell.h"
#include "port/clock.h"

namespace slipway::adapter {

// Safe from any thread.
class SystemClock : public port::Clock {
 public:
  Time now() const override;
  Duration monotonic() const override;
  uint64_t entropy() override;
};

class SystemBell : public port::Bell {
 public:
  void ring() override;
  void wait(Duration at_most) override;

 private:
  std::mutex mutex_;
  std::condition_variable rung_;
  bool ring_ = false;
};

}  // namespace slipway::adapter
