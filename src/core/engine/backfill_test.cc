#include "core/engine/backfill.h"

#include <gtest/gtest.h>

namespace slipway::engine {
namespace {

manifest::Resource cron(std::string_view more = "") {
  return {manifest::Kind::kCronWorkflow,
          parse_json(R"({"metadata":{"name":"daily","namespace":"ci"},"spec":{"schedules":
            ["0 2 * * *"],"suspend":true)" +
                     std::string(more) + R"(,"workflowSpec":{"entrypoint":"main",
            "arguments":{"parameters":[{"name":"a","value":"1"}]},"templates":[]}}})")
              .value()
              .get_object()};
}

BackfillOptions period(std::string_view start, std::string_view end) {
  BackfillOptions options;
  options.name = "may";
  options.start = parse_rfc3339(start).value();
  options.end = parse_rfc3339(end).value();
  return options;
}

std::vector<std::string> times(const std::vector<json::object>& workflows) {
  std::vector<std::string> found;
  for (const json::object& workflow : workflows) {
    found.push_back(
        str(find_path(workflow, {"metadata", "annotations", "workflows.argoproj.io/scheduled-time"})
                ->get_string()));
  }
  return found;
}

TEST(Backfill, MakesAWorkflowForEachTimeOfThePeriod) {
  const auto made = backfill(cron(), period("2020-05-19T02:00:00Z", "2020-05-21T02:00:00Z"));
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(times(*made),
            (std::vector<std::string>{"2020-05-20T02:00:00Z", "2020-05-21T02:00:00Z"}));
  EXPECT_EQ(print_json(made->front().at("spec")),
            R"({"entrypoint":"main","arguments":{"parameters":[{"name":"a","value":"1"},)"
            R"({"name":"cronScheduleTime","value":"2020-05-20 02:00:00 +0000 UTC"}]},)"
            R"("templates":[],"priority":2147483647,)"
            R"("synchronization":{"mutexes":[{"name":"may"}]}})");
  EXPECT_EQ(print_json(made->front().at("metadata").at("labels")),
            R"({"workflows.argoproj.io/cron-workflow":"daily",)"
            R"("workflows.argoproj.io/backfill":"daily"})");
}

TEST(Backfill, AllAtOnceHasNoMutexAndAnArgumentOfTheNameIsSet) {
  BackfillOptions options = period("2020-05-19T00:00:00Z", "2020-05-20T00:00:00Z");
  options.parallel = true;
  options.argument = "a";
  const auto made = backfill(cron(), options);
  ASSERT_TRUE(made.ok());
  ASSERT_EQ(made->size(), 1u);
  EXPECT_EQ(print_json(made->front().at("spec")),
            R"({"entrypoint":"main","arguments":{"parameters":[{"name":"a",)"
            R"("value":"2020-05-19 02:00:00 +0000 UTC"}]},"templates":[]})");
}

TEST(Backfill, CountsInTheZoneOfTheCronWorkflow) {
  const auto made = backfill(cron(R"(,"timezone":"America/Los_Angeles")"),
                             period("2020-05-19T00:00:00Z", "2020-05-20T00:00:00Z"));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(times(*made), std::vector<std::string>{"2020-05-19T09:00:00Z"});
}

TEST(Backfill, RefusesWhatIsTooMuchOrWrong) {
  BackfillOptions options = period("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z");
  options.most = 365;
  EXPECT_EQ(backfill(cron(), options).error().code, ErrorCode::kLimit);
  options.most = 366;
  EXPECT_TRUE(backfill(cron(), options).ok()) << "2020 was a leap year";
  EXPECT_EQ(backfill(cron(R"(,"timezone":"Nowhere")"), options).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace slipway::engine
