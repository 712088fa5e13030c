#include "adapter/clock/system_clock.h"

#include <sys/random.h>
#include <time.h>

#include <algorithm>
#include <chrono>

#include "base/assert.h"

namespace slipway::adapter {
namespace {

int64_t read_ns(clockid_t id) {
  timespec at{};
  SLIPWAY_ASSERT(clock_gettime(id, &at) == 0);
  return static_cast<int64_t>(at.tv_sec) * 1'000'000'000 + at.tv_nsec;
}

}  // namespace

Time SystemClock::now() const { return {read_ns(CLOCK_REALTIME)}; }
Duration SystemClock::monotonic() const { return {read_ns(CLOCK_MONOTONIC)}; }

uint64_t SystemClock::entropy() {
  uint64_t bits = 0;
  // Requests of up to 256 bytes are not interrupted once the pool is ready (getrandom(2)).
  ssize_t got = 0;
  do {
    got = getrandom(&bits, sizeof bits, 0);
  } while (got < 0);
  SLIPWAY_ASSERT(got == sizeof bits);
  return bits;
}

void SystemBell::ring() {
  {
    const std::lock_guard lock(mutex_);
    ring_ = true;
  }
  rung_.notify_one();
}

void SystemBell::wait(Duration at_most) {
  // Far times would overflow the clock's range.
  constexpr Duration kLongest = Duration::seconds(3600);
  const auto limit = std::chrono::nanoseconds(std::clamp(at_most, Duration{}, kLongest).ns);
  std::unique_lock lock(mutex_);
  rung_.wait_for(lock, limit, [this] { return ring_; });
  ring_ = false;
}

}  // namespace slipway::adapter
