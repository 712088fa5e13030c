#include "adapter/pod/restart_backoff.h"

#include <gtest/gtest.h>

namespace slipway::adapter {
namespace {

TEST(RestartBackoff, GrowsToFiveMinutesAndStartsAnewAfterTenGoodOnes) {
  RestartBackoff backoff;
  const Duration brief = Duration::seconds(1);
  for (const int64_t seconds : {0, 10, 20, 40, 80, 160, 300, 300}) {
    EXPECT_EQ(backoff.next(brief), Duration::seconds(seconds));
  }
  EXPECT_EQ(backoff.next(Duration::seconds(600)), Duration::seconds(300));
  EXPECT_EQ(backoff.next(Duration::seconds(601)), Duration{});
  EXPECT_EQ(backoff.next(brief), Duration::seconds(10));
}

}  // namespace
}  // namespace slipway::adapter
