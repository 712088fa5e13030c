#include "adapter/clock/system_clock.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace slipway::adapter {
namespace {

TEST(SystemClock, TellsAPlausibleTimeAndNeverGoesBackOnTheMonotonicSide) {
  const SystemClock clock;
  EXPECT_GT(clock.now(), Time::from_seconds(1'700'000'000));
  Duration last = clock.monotonic();
  for (int i = 0; i < 1000; ++i) {
    const Duration now = clock.monotonic();
    EXPECT_GE(now, last);
    last = now;
  }
}

TEST(SystemClock, EntropyDoesNotRepeat) {
  SystemClock clock;
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(clock.entropy());
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(SystemBell, ARingBeforeTheWaitIsKept) {
  SystemBell bell;
  const SystemClock clock;
  bell.ring();
  const Duration start = clock.monotonic();
  bell.wait(Duration::seconds(60));
  EXPECT_LT(clock.monotonic() - start, Duration::seconds(30));
}

TEST(SystemBell, WakesAWaiterAndReturnsByItselfAfterItsTime) {
  SystemBell bell;
  const SystemClock clock;
  const Duration start = clock.monotonic();
  std::thread ringer([&] { bell.ring(); });
  bell.wait(Duration::seconds(60));
  ringer.join();
  EXPECT_LT(clock.monotonic() - start, Duration::seconds(30));
  bell.wait(Duration::milliseconds(1));  // nobody rings: comes back all the same
  bell.wait(Duration::nanoseconds(-5));
}

}  // namespace
}  // namespace slipway::adapter
