#include "base/time.h"

#include <gtest/gtest.h>

namespace slipway {
namespace {

TEST(Time, FormatsAndParsesRfc3339) {
  EXPECT_EQ(format_rfc3339(Time::from_seconds(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_rfc3339(Time::from_seconds(1795427700)), "2026-11-23T09:55:00Z");
  EXPECT_EQ(format_rfc3339(Time::from_seconds(-1)), "1969-12-31T23:59:59Z");
  EXPECT_EQ(parse_rfc3339("2026-11-23T09:55:00Z").value().to_seconds(), 1795427700);
  EXPECT_EQ(parse_rfc3339("2026-11-23T18:55:00.5+09:00").value().ns, 1795427700500000000);
}

TEST(Time, StaysWithinWhatItCanSay) {
  const Time first{INT64_MIN}, last = Time::max();
  EXPECT_EQ(last + Duration::seconds(1), last);
  EXPECT_EQ(first - Duration::seconds(1), first);
  EXPECT_EQ(first + Duration::seconds(-1), first);
  EXPECT_EQ(last - Duration::seconds(-1), last);
  EXPECT_EQ(last.to_seconds(), 9'223'372'036);
  EXPECT_EQ(first.to_seconds(), -9'223'372'037);
  EXPECT_EQ(Time{-1}.to_seconds(), -1);
  EXPECT_EQ(Time{-1'000'000'000}.to_seconds(), -1);
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const char* text : {"", "2026", "2026-02-29T00:00:00Z", "2026-11-23T24:00:00Z",
                           "2026-11-23T09:55:00", "2026-11-23T09:55:00Zx"}) {
    EXPECT_FALSE(parse_rfc3339(text).ok()) << text;
  }
}

}  // namespace
}  // namespace slipway
