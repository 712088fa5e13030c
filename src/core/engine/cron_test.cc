#include "core/engine/cron.h"

#include <fmt/format.h>

#include "core/engine/cron_condition.h"
#include "core/engine/engine_fixture.h"

namespace slipway::engine {
namespace {

using manifest::Kind;

class CronTest : public EngineFixture {
 protected:
  CronTest() { now_ = Time::from_seconds(1'789'999'980); }  // a whole minute

  void put_cron(std::string_view members, std::string_view schedules = "['* * * * *']") {
    put(
        fmt::format("apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\n"
                    "metadata: {{name: c, labels: {{team: blue}}}}\nspec:\n  schedules: {}\n{}"
                    "  workflowSpec:\n    entrypoint: main\n    templates:\n    - name: main\n"
                    "      container: {{image: busybox, command: ['true']}}\n",
                    schedules, members));
  }
  // Goes on to the next minute and does what is due.
  void minute(int count = 1) {
    now_ = now_ + Duration::seconds(60 * count);
    tick();
  }
  json::value status(std::string_view key) {
    const json::object* cron = object(Kind::kCronWorkflow, "c");
    const json::value* value = cron != nullptr ? find_path(*cron, {"status", key}) : nullptr;
    return value != nullptr ? *value : json::value();
  }
  size_t runs() const { return engine_.run_count(); }
};

TEST_F(CronTest, SeveralSchedulesAreOneCron) {
  now_ = parse_rfc3339("2026-03-01T00:00:00Z").value();
  put_cron("", "['10 * * * *', '20 * * * *']");
  EXPECT_EQ(engine_.next_wake(), parse_rfc3339("2026-03-01T00:10:00Z").value());
  minute(10);
  EXPECT_EQ(runs(), 1u);
  minute(10);
  EXPECT_EQ(runs(), 2u);
  ASSERT_NE(engine_.find_run("ci", fmt::format("c-{}", now_.to_seconds())), nullptr);
}

TEST_F(CronTest, ATimeThatDaylightSavingSkipsIsLeftOut) {
  // In Berlin 02:30 does not exist on 2026-03-29.
  now_ = parse_rfc3339("2026-03-28T12:00:00Z").value();
  put_cron("  timezone: Europe/Berlin\n", "['30 2 * * *']");
  std::vector<std::string> times;
  for (int i = 0; i < 3; ++i) {
    now_ = *engine_.next_wake();
    times.push_back(format_rfc3339(now_));
    tick();
    work();
  }
  EXPECT_EQ(times, (std::vector<std::string>{"2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z",
                                             "2026-04-01T00:30:00Z"}));
}

TEST_F(CronTest, WhenDecidesWithItsNames) {
  put_cron(
      "  when: '{{= cronworkflow.lastScheduledTime == nil || (now() - "
      "cronworkflow.lastScheduledTime).Seconds() > 150 }}'\n");
  minute();
  work();
  EXPECT_EQ(finished_.size(), 1u) << "the first time there is no last time";
  minute();
  work();
  EXPECT_EQ(finished_.size(), 1u);
  minute(2);
  work();
  EXPECT_EQ(finished_.size(), 2u);
}

TEST_F(CronTest, AWhenThatIsNoConditionIsTold) {
  put_cron("  when: \"{{cronworkflow.labels.team}} == 'blue'\"\n");
  minute();
  EXPECT_EQ(runs(), 0u) << "no bareword becomes a text here";
  EXPECT_NE(
      print_json(status("conditions"))
          .find(R"("type":"SubmissionError","status":"True","message":"run policy error: when)"),
      std::string::npos);
  EXPECT_EQ(status("failed"), json::value(1));
  ASSERT_EQ(samples_.size(), 1u);
  EXPECT_EQ(samples_[0].name, "error_count");
  EXPECT_EQ(samples_[0].labels[0].second, "CronWorkflowSubmissionError");
}

TEST_F(CronTest, AStopStrategyThatIsNoConditionHoldsItsRuns) {
  put_cron("  stopStrategy: {expression: 'cronworkflow.failed'}\n");
  minute();
  EXPECT_EQ(runs(), 0u);
  EXPECT_NE(print_json(status("conditions"))
                .find("failed to check CronWorkflow 'c' stopping condition: stopStrategy"),
            std::string::npos);
  EXPECT_EQ(status("phase"), json::value("Active"));
}

TEST_F(CronTest, StopsForGoodWhenItsStrategySaysSo) {
  put_cron("  stopStrategy: {expression: 'cronworkflow.failed >= 2'}\n");
  for (int i = 0; i < 2; ++i) {
    minute();
    ASSERT_EQ(runs(), 1u) << i;
    for (const Effect* effect : engine_.outstanding().after(0)) {
      if (effect->kind == Effect::Kind::kStartPod) {
        end(effect->pod, pod::PodReport::Phase::kFailed);
        break;
      }
    }
    tick();
  }
  EXPECT_EQ(status("phase"), json::value("Stopped"));
  EXPECT_EQ(status("failed"), json::value(2));
  const json::object& labels =
      *find_object(*find_object(*object(Kind::kCronWorkflow, "c"), "metadata"), "labels");
  EXPECT_EQ(get_string(labels, "cronworkflows.argoproj.io/completed"), "true");
  EXPECT_EQ(engine_.next_wake(), std::nullopt);
}

TEST_F(CronTest, CountsAndMeasuresItsRuns) {
  put_cron("");
  minute();
  EXPECT_EQ(status("active").as_array().size(), 1u);
  work();
  EXPECT_EQ(status("succeeded"), json::value(1));
  EXPECT_EQ(status("phase"), json::value("Active"));
  EXPECT_TRUE(status("active").as_array().empty());
  const bool measured = std::any_of(samples_.begin(), samples_.end(), [](const auto& sample) {
    return sample.name == "cronworkflows_triggered_total";
  });
  EXPECT_TRUE(measured);
}

TEST_F(CronTest, AMissedRunIsMadeUpForWithinItsDeadline) {
  put_cron("  startingDeadlineSeconds: 3600\n", "['0 * * * *']");
  const Time due = *engine_.next_wake();
  now_ = due + Duration::seconds(1800);
  // What else is changed meanwhile does not forget it.
  put_cron("  startingDeadlineSeconds: 3600\n  successfulJobsHistoryLimit: 5\n", "['0 * * * *']");
  tick();
  EXPECT_EQ(runs(), 1u);
  ASSERT_NE(engine_.find_run("ci", fmt::format("c-{}", due.to_seconds())), nullptr);
}

TEST_F(CronTest, AChangedScheduleForgetsWhatWasMissed) {
  put_cron("  startingDeadlineSeconds: 3600\n", "['0 * * * *']");
  now_ = *engine_.next_wake() + Duration::seconds(1800);
  put_cron("  startingDeadlineSeconds: 3600\n", "['5 * * * *']");
  tick();
  EXPECT_EQ(runs(), 0u);
}

TEST_F(CronTest, NothingRunsWhileItIsSuspended) {
  put_cron("  suspend: true\n");
  EXPECT_EQ(engine_.next_wake(), std::nullopt);
  minute(5);
  put_cron("  suspend: false\n  startingDeadlineSeconds: 600\n");
  tick();
  EXPECT_EQ(runs(), 0u) << "what the suspension left out is not made up for";
}

}  // namespace
}  // namespace slipway::engine
