#include "core/schedule/cron.h"

#include <gtest/gtest.h>

namespace slipway::schedule {
namespace {

struct Row {
  std::string_view expression, zone, after, expected;
};

// What robfig/cron v3 gives: the next four times, or "error".
const Row kRows[] = {
    {"* * * * *", "", "2024-02-28T23:58:30Z",
     "2024-02-28T23:59:00Z 2024-02-29T00:00:00Z 2024-02-29T00:01:00Z 2024-02-29T00:02:00Z"},
    {"*/15 * * * *", "", "2024-01-01T00:00:00Z",
     "2024-01-01T00:15:00Z 2024-01-01T00:30:00Z 2024-01-01T00:45:00Z 2024-01-01T01:00:00Z"},
    {"0 9 * * MON-FRI", "", "2024-01-05T10:00:00Z",
     "2024-01-08T09:00:00Z 2024-01-09T09:00:00Z 2024-01-10T09:00:00Z 2024-01-11T09:00:00Z"},
    {"0 0 29 2 *", "", "2023-03-01T00:00:00Z",
     "2024-02-29T00:00:00Z 2028-02-29T00:00:00Z 2032-02-29T00:00:00Z 2036-02-29T00:00:00Z"},
    {"0 0 31 2 *", "", "2023-03-01T00:00:00Z", "never"},
    {"0 0 13 * 5", "", "2024-01-01T00:00:00Z",
     "2024-01-05T00:00:00Z 2024-01-12T00:00:00Z 2024-01-13T00:00:00Z 2024-01-19T00:00:00Z"},
    {"0 0 */10 * 5", "", "2024-01-01T00:00:00Z",
     "2024-01-05T00:00:00Z 2024-01-11T00:00:00Z 2024-01-12T00:00:00Z 2024-01-19T00:00:00Z"},
    {"0 0 * * 0,6", "", "2024-01-01T00:00:00Z",
     "2024-01-06T00:00:00Z 2024-01-07T00:00:00Z 2024-01-13T00:00:00Z 2024-01-14T00:00:00Z"},
    {"5/20 3-5/2 * jan,Jul ?", "", "2024-01-01T00:00:00Z",
     "2024-01-01T03:05:00Z 2024-01-01T03:25:00Z 2024-01-01T03:45:00Z 2024-01-01T05:05:00Z"},
    {"@daily", "Europe/Zurich", "2024-03-30T12:00:00Z",
     "2024-03-30T23:00:00Z 2024-03-31T22:00:00Z 2024-04-01T22:00:00Z 2024-04-02T22:00:00Z"},
    {"@hourly", "Europe/Zurich", "2024-10-27T00:30:00Z",
     "2024-10-27T01:00:00Z 2024-10-27T02:00:00Z 2024-10-27T03:00:00Z 2024-10-27T04:00:00Z"},
    {"30 2 * * *", "Europe/Zurich", "2024-03-30T12:00:00Z",
     "2024-04-01T00:30:00Z 2024-04-02T00:30:00Z 2024-04-03T00:30:00Z 2024-04-04T00:30:00Z"},
    {"30 2 * * *", "Europe/Zurich", "2024-10-26T12:00:00Z",
     "2024-10-27T00:30:00Z 2024-10-27T01:30:00Z 2024-10-28T01:30:00Z 2024-10-29T01:30:00Z"},
    {"0 2 * * *", "America/New_York", "2024-03-09T12:00:00Z",
     "2024-03-11T06:00:00Z 2024-03-12T06:00:00Z 2024-03-13T06:00:00Z 2024-03-14T06:00:00Z"},
    {"30 1 * * *", "America/New_York", "2024-11-02T12:00:00Z",
     "2024-11-03T05:30:00Z 2024-11-03T06:30:00Z 2024-11-04T06:30:00Z 2024-11-05T06:30:00Z"},
    {"0 0 * * *", "America/Sao_Paulo", "2018-11-02T12:00:00Z",
     "2018-11-03T03:00:00Z 2018-11-05T02:00:00Z 2018-11-06T02:00:00Z 2018-11-07T02:00:00Z"},
    {"0 0 4 11 *", "America/Sao_Paulo", "2018-10-02T12:00:00Z",
     "2019-11-04T03:00:00Z 2020-11-04T03:00:00Z 2021-11-04T03:00:00Z 2022-11-04T03:00:00Z"},
    {"15 1 * * *", "Australia/Lord_Howe", "2024-04-06T00:00:00Z",
     "2024-04-06T14:15:00Z 2024-04-07T14:45:00Z 2024-04-08T14:45:00Z 2024-04-09T14:45:00Z"},
    {"0 12 * * *", "Asia/Kolkata", "2024-04-06T00:00:00Z",
     "2024-04-06T06:30:00Z 2024-04-07T06:30:00Z 2024-04-08T06:30:00Z 2024-04-09T06:30:00Z"},
    {"*/7 * * * *", "Asia/Kathmandu", "2024-04-06T00:00:00Z",
     "2024-04-06T00:04:00Z 2024-04-06T00:11:00Z 2024-04-06T00:15:00Z 2024-04-06T00:22:00Z"},
    {"@weekly", "Asia/Tokyo", "2024-02-27T00:00:00Z",
     "2024-03-02T15:00:00Z 2024-03-09T15:00:00Z 2024-03-16T15:00:00Z 2024-03-23T15:00:00Z"},
    {"@monthly", "Pacific/Auckland", "2024-02-27T00:00:00Z",
     "2024-02-29T11:00:00Z 2024-03-31T11:00:00Z 2024-04-30T12:00:00Z 2024-05-31T12:00:00Z"},
    {"@yearly", "", "2024-02-27T00:00:00Z",
     "2025-01-01T00:00:00Z 2026-01-01T00:00:00Z 2027-01-01T00:00:00Z 2028-01-01T00:00:00Z"},
    {"@every 1h30m", "", "2024-02-27T00:00:00Z",
     "2024-02-27T01:30:00Z 2024-02-27T03:00:00Z 2024-02-27T04:30:00Z 2024-02-27T06:00:00Z"},
    {"@every 100ms", "", "2024-02-27T00:00:00Z",
     "2024-02-27T00:00:01Z 2024-02-27T00:00:02Z 2024-02-27T00:00:03Z 2024-02-27T00:00:04Z"},
    {"0 0 1 */3 *", "", "2024-02-27T00:00:00Z",
     "2024-04-01T00:00:00Z 2024-07-01T00:00:00Z 2024-10-01T00:00:00Z 2025-01-01T00:00:00Z"},
    {"59 23 31 12 *", "", "2024-02-27T00:00:00Z",
     "2024-12-31T23:59:00Z 2025-12-31T23:59:00Z 2026-12-31T23:59:00Z 2027-12-31T23:59:00Z"},
    {"0 0 * * 7", "", "2024-01-01T00:00:00Z", "error"},
    {"60 * * * *", "", "2024-01-01T00:00:00Z", "error"},
    {"5-1 * * * *", "", "2024-01-01T00:00:00Z", "error"},
    {"*/0 * * * *", "", "2024-01-01T00:00:00Z", "error"},
    {"* * * *", "", "2024-01-01T00:00:00Z", "error"},
    {"* * * * * *", "", "2024-01-01T00:00:00Z", "error"},
    {"@never", "", "2024-01-01T00:00:00Z", "error"},
    {"1-2-3 * * * *", "", "2024-01-01T00:00:00Z", "error"},
    {"1/2/3 * * * *", "", "2024-01-01T00:00:00Z", "error"},
    {"-1 * * * *", "", "2024-01-01T00:00:00Z", "error"},
    {"a * * * *", "", "2024-01-01T00:00:00Z", "error"},
    {"* * 0 * *", "", "2024-01-01T00:00:00Z", "error"},
    {"* * * 13 *", "", "2024-01-01T00:00:00Z", "error"},
    {"0 0 * * *", "Nowhere/Here", "2024-01-01T00:00:00Z", "error"},
    {"@every x", "", "2024-01-01T00:00:00Z", "error"},
};

std::string next_four(const Row& row) {
  const Result<Cron> cron = Cron::parse(row.expression, row.zone);
  if (!cron.ok()) return "error";
  Time time = parse_rfc3339(row.after).value();
  std::string out;
  for (int i = 0; i < 4; ++i) {
    const std::optional<Time> next = cron->next(time);
    out += (i > 0 ? " " : "") + (next ? format_rfc3339(*next) : "never");
    if (!next) break;
    time = *next;
  }
  return out;
}

TEST(Cron, GivesWhatRobfigGives) {
  for (const Row& row : kRows) {
    EXPECT_EQ(next_four(row), row.expected) << row.expression << " in " << row.zone;
  }
}

TEST(Cron, ErrorsNameTheField) {
  const auto message = [](std::string_view text) { return Cron::parse(text).error().message; };
  EXPECT_EQ(message("61 * * * *"), "minute field \"61\": must be from 0 to 59");
  EXPECT_EQ(message("* * * * fun"), "day of week field \"fun\": not a number or name");
  EXPECT_NE(message("* * *").find("found 3"), std::string::npos);
  EXPECT_EQ(Cron::parse("* * * * *", "Mars/Base").error().code, ErrorCode::kNotFound);
}

TEST(Cron, ZoneInFrontOverrides) {
  const Cron cron = Cron::parse("CRON_TZ=Asia/Tokyo 0 9 * * *", "Europe/Zurich").value();
  EXPECT_EQ(format_rfc3339(*cron.next(Time::from_seconds(0))), "1970-01-02T00:00:00Z");
  EXPECT_FALSE(Cron::parse("TZ=").ok());
  EXPECT_FALSE(Cron::parse("TZ=UTC").ok());
}

TEST(Cron, HostileInputEnds) {
  EXPECT_FALSE(Cron::parse("").ok());
  EXPECT_FALSE(Cron::parse(std::string(100'000, ',') + " * * * *").ok());
  EXPECT_FALSE(Cron::parse("99999999999999999999 * * * *").ok());
  EXPECT_TRUE(Cron::parse("1/2147483647 * * * *").ok());
  EXPECT_FALSE(Cron::parse("@every 99999999999999h").ok());
  EXPECT_FALSE(Cron::parse("@every -1h").ok());
  EXPECT_TRUE(Cron::parse("0 0 30 2 *").ok());
  EXPECT_FALSE(Cron::parse("0 0 30 2 *").value().next(Time::from_seconds(0)).has_value());
}

}  // namespace
}  // namespace slipway::schedule
