#include "core/expr/golang/golang.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/expr/golang/calendar.h"
#include "core/expr/golang/humanize.h"
#include "core/expr/golang/rune.h"

namespace slipway::expr {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

int64_t ns(std::string_view text) {
  const auto duration = parse_go_duration(text);
  EXPECT_TRUE(duration.ok()) << text;
  return duration.ok() ? duration->ns : -1;
}

TEST(Duration, ParsesGoUnits) {
  EXPECT_EQ(ns("1h30m"), 5'400'000'000'000);
  EXPECT_EQ(ns("-1.5s"), -1'500'000'000);
  EXPECT_EQ(ns("300ms"), 300'000'000);
  EXPECT_EQ(ns("+5us"), 5'000);
  EXPECT_EQ(ns("1\xc2\xb5s"), 1'000);
  EXPECT_EQ(ns(".5m"), 30'000'000'000);
  EXPECT_EQ(ns("0"), 0);
  EXPECT_EQ(ns("9223372036854775807ns"), kMax);
  EXPECT_EQ(ns("-9223372036854775808ns"), std::numeric_limits<int64_t>::min());
}

TEST(Duration, RefusesTheRest) {
  for (const char* text : {"", "-", "10", "1d", "h", ".s", "1h ", "1 h", "9223372036854775808ns",
                           "3000000h", "1..5s", "99999999999999999999s"}) {
    EXPECT_FALSE(parse_go_duration(text).ok()) << text;
  }
  EXPECT_NE(parse_go_duration("10").error().message.find("missing unit"), std::string::npos);
}

TEST(Duration, PrintsLikeGo) {
  EXPECT_EQ(format_go_duration(Duration{5'400'000'000'000}), "1h30m0s");
  EXPECT_EQ(format_go_duration(Duration{}), "0s");
  EXPECT_EQ(format_go_duration(Duration{1'500'000}), "1.5ms");
  EXPECT_EQ(format_go_duration(Duration{-1}), "-1ns");
  EXPECT_EQ(format_go_duration(Duration{61'000'000'000}), "1m1s");
  EXPECT_EQ(format_go_duration(Duration{1'100}), "1.1\xc2\xb5s");
  EXPECT_EQ(format_go_duration(Duration{std::numeric_limits<int64_t>::min()}),
            "-2562047h47m16.854775808s");
}

TEST(Duration, ArgoTakesBareSeconds) {
  EXPECT_EQ(parse_argo_duration("10")->ns, 10'000'000'000);
  EXPECT_EQ(parse_argo_duration("2m")->ns, 120'000'000'000);
  EXPECT_FALSE(parse_argo_duration("").ok());
  EXPECT_FALSE(parse_argo_duration("99999999999").ok());
}

TEST(Quote, EscapesLikeStrconv) {
  EXPECT_EQ(go_quote("a\"b\\c\n\t\x01\x7f"), R"("a\"b\\c\n\t\x01\x7f")");
  EXPECT_EQ(go_quote("h\xc3\xa9 \xff"), "\"h\xc3\xa9 \\xff\"");
  EXPECT_EQ(go_quote("\xe2\x80\xa8"), R"("\u2028")");
}

std::string print(std::string_view format, int64_t value) {
  const auto text = go_sprintf_int(format, value);
  return text.ok() ? *text : "error: " + text.error().message;
}

TEST(Printf, FormatsIntegers) {
  EXPECT_EQ(print("%d", 7), "7");
  EXPECT_EQ(print("testuser%02X", 10), "testuser0A");
  EXPECT_EQ(print("%5d|", -42), "  -42|");
  EXPECT_EQ(print("%-5d|", 42), "42   |");
  EXPECT_EQ(print("%05d", -42), "-0042");
  EXPECT_EQ(print("%+d %% x", 4), "+4 % x");
  EXPECT_EQ(print("%#x", 255), "0xff");
  EXPECT_EQ(print("%x", -255), "-ff");
  EXPECT_EQ(print("%b", 5), "101");
  EXPECT_EQ(print("%o %[1]O", 8), "10 0o10");
  EXPECT_EQ(print("%c%[1]q", 65), "A'A'");
  EXPECT_EQ(print("%U", 0x1f600), "U+1F600");
  EXPECT_EQ(print("%.3d", 7), "007");
  EXPECT_EQ(print("%v", std::numeric_limits<int64_t>::min()), "-9223372036854775808");
}

TEST(Printf, ReportsMistakesAsGoDoes) {
  EXPECT_EQ(print("%s", 5), "%!s(int=5)");
  EXPECT_EQ(print("%d %d", 5), "5 %!d(MISSING)");
  EXPECT_EQ(print("x", 5), "x%!(EXTRA int=5)");
  EXPECT_EQ(print("5%", 5), "5%!(NOVERB)%!(EXTRA int=5)");
  EXPECT_FALSE(go_sprintf_int("%99999999d", 1).ok());
  EXPECT_FALSE(go_sprintf_int("%*d", 1).ok());
}

TEST(Strftime, PrintsEveryLetter) {
  const Time time = *parse_rfc3339("2021-03-04T05:06:07Z");  // a Thursday
  const auto one = [&](char letter) { return *go_strftime(letter, time); };
  EXPECT_EQ(one('Y') + one('m') + one('d'), "20210304");
  EXPECT_EQ(one('A'), "Thursday");
  EXPECT_EQ(one('c'), "Thu Mar  4 05:06:07 2021");
  EXPECT_EQ(one('j'), "063");
  EXPECT_EQ(one('s'), "1614834367");
  EXPECT_EQ(one('V'), "09");
  EXPECT_EQ(one('k'), " 5");
  EXPECT_EQ(one('p'), "AM");
  EXPECT_EQ(one('z'), "+0000");
  EXPECT_FALSE(go_strftime('@', time).ok());
}

TEST(Header, IsCanonical) {
  EXPECT_EQ(canonical_header("x-github-EVENT"), "X-Github-Event");
  EXPECT_EQ(canonical_header("has space"), "has space");
}

TEST(Quantity, CountsThousandths) {
  const auto millis = [](std::string_view text) { return *parse_quantity_millis(text); };
  EXPECT_EQ(millis("100m"), 100);
  EXPECT_EQ(millis("0.5"), 500);
  EXPECT_EQ(millis("2"), 2000);
  EXPECT_EQ(millis("1Gi"), (int64_t{1} << 30) * 1000);
  EXPECT_EQ(millis("1.5Ki"), 1'536'000);
  EXPECT_EQ(millis("1e3"), 1'000'000);
  EXPECT_EQ(millis("1k"), 1'000'000);
  EXPECT_EQ(millis("1n"), 1);
  EXPECT_EQ(millis("0.0001"), 1);
  EXPECT_EQ(millis("-1"), -1000);
  EXPECT_EQ(millis("99999999999999999999999999999E"), kMax);
  EXPECT_EQ(millis("8Ei"), kMax);
  for (const char* text : {"", "m", "1x", "1.2.3", "1KiB", "1e", "--1", " 1", "e3"}) {
    EXPECT_FALSE(parse_quantity_millis(text).ok()) << text;
  }
}

TEST(Calendar, GoesThereAndBack) {
  for (const int64_t seconds : {0L, -1L, 951'782'400L, 1'709'251'199L, -2'208'988'800L}) {
    const Time time = Time::from_seconds(seconds);
    EXPECT_EQ(from_civil(to_civil(time, 3600)).ns, time.ns);
  }
  EXPECT_EQ(to_civil(*parse_rfc3339("2024-02-29T00:00:00Z")).year_day, 60);
  EXPECT_EQ(iso_week(to_civil(*parse_rfc3339("2021-01-01T00:00:00Z"))), 53);
}

TEST(Layout, FormatsAndParses) {
  const Time time = *parse_rfc3339("2021-03-04T15:06:07.120Z");
  EXPECT_EQ(go_format_time("Mon, 02 Jan 2006 15:04:05 MST", time), "Thu, 04 Mar 2021 15:06:07 UTC");
  EXPECT_EQ(go_format_time("2006-01-02T15:04:05.999Z07:00", time, 3600),
            "2021-03-04T16:06:07.12+01:00");
  EXPECT_EQ(go_format_time("3:04PM .000 -0700 -07:00:00", time, -5400),
            "1:36PM .120 -0130 -01:30:00");
  EXPECT_EQ(go_format_time("Monday January _2 06 __2", time), "Thursday March  4 21  63");
  const auto parsed = go_parse_time("2006-01-02 15:04:05 -0700", "2021-03-04 16:06:07 +0100");
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(format_rfc3339(parsed->time), "2021-03-04T15:06:07Z");
  EXPECT_EQ(parsed->offset_seconds, 3600);
  EXPECT_EQ(format_rfc3339(go_parse_time("Jan 2, 2006 at 3:04pm", "Feb 3, 2013 at 7:54pm")->time),
            "2013-02-03T19:54:00Z");
  for (const char* text : {"2021-02-30", "2021-13-01", "2021-1-1", "", "2021-01-01x"}) {
    EXPECT_FALSE(go_parse_time("2006-01-02", text).ok()) << text;
  }
}

TEST(Zone, KnowsTheDatabase) {
  EXPECT_EQ(*zone_offset("UTC", Time{}), 0);
  EXPECT_EQ(*zone_offset("Europe/Zurich", *parse_rfc3339("2021-07-01T00:00:00Z")), 7200);
  EXPECT_EQ(zone_offset("Moon/Base", Time{}).error().code, ErrorCode::kNotFound);
}

TEST(Rune, CutsUtf8) {
  EXPECT_EQ(count_runes("h\xc3\xa9\xff"), 3u);
  EXPECT_EQ(to_upper("stra\xc3\x9f"
                     "e \xc3\xa9 \xd0\xb6"),
            "STRA\xc3\x9f"
            "E \xc3\x89 \xd0\x96");
  EXPECT_EQ(to_lower("\xc3\x84\xce\xa9Z"), "\xc3\xa4\xcf\x89z");
  EXPECT_EQ(trim_space(" \t\xc2\xa0x y\n"), "x y");
  EXPECT_EQ(trim_space("\xa0"), "\xa0");
}

TEST(Humanize, HasUpToTwoUnits) {
  const auto text = [](int64_t seconds) { return humanize_duration(Duration::seconds(seconds)); };
  EXPECT_EQ(humanize_duration(Duration::milliseconds(900)), "0 seconds");
  EXPECT_EQ(text(1), "1 second");
  EXPECT_EQ(text(59), "59 seconds");
  EXPECT_EQ(text(60), "1 minute 0 seconds");
  EXPECT_EQ(text(150), "2 minutes 30 seconds");
  EXPECT_EQ(text(3600), "1 hour 0 minutes");
  EXPECT_EQ(text(86'399), "23 hours 59 minutes");
  EXPECT_EQ(text(86'400 + 7200), "1 day 2 hours");
}

}  // namespace
}  // namespace slipway::expr
