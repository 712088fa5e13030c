#include "core/workflow/expiry.h"

#include "core/workflow/story.h"

namespace slipway::workflow {
namespace {

using Phase = pod::PodReport::Phase;

std::string manifest_with(std::string_view member) {
  return "spec:\n  entrypoint: main\n  " + std::string(member) +
         "\n  templates:\n  - name: main\n    metadata: {labels: {keep: 'no'}}\n"
         "    container: {image: busybox, command: ['true']}\n";
}

// Seconds from the end to the removal; -1: never.
int64_t lifetime(std::string_view strategy, Phase end) {
  Story story(manifest_with("ttlStrategy: " + std::string(strategy)));
  story.pass();
  story.tell("wf", end, end == Phase::kSucceeded ? 0 : 1, "x");
  const auto time = expiry(*story.run);
  return time ? (*time - story.now.truncated_to_seconds()).ns / 1'000'000'000 : -1;
}

TEST(Expiry, FollowsRule66) {
  const std::string all =
      "{secondsAfterCompletion: 30, secondsAfterSuccess: 10, "
      "secondsAfterFailure: 20}";
  EXPECT_EQ(lifetime(all, Phase::kSucceeded), 10);
  EXPECT_EQ(lifetime(all, Phase::kFailed), 20);
  EXPECT_EQ(lifetime(all, Phase::kError), 30) << "an Error is no Failure";
  EXPECT_EQ(lifetime("{secondsAfterCompletion: 0}", Phase::kFailed), 0);
  EXPECT_EQ(lifetime("{secondsAfterFailure: 20}", Phase::kSucceeded), -1);
  EXPECT_EQ(lifetime("{secondsAfterFailure: 20}", Phase::kError), -1);
}

// The pods let go when the only one ends in `end`, during the run and after it.
std::pair<size_t, size_t> collected(std::string_view gc, Phase end, bool archived = true) {
  Story story(manifest_with("podGC: " + std::string(gc)));
  story.pass();
  pod::PodReport report = story.report(*story.node("wf"), end, end == Phase::kSucceeded ? 0 : 1);
  if (archived) report.artifacts.push_back({"main-logs", "wf/main.log"});
  const Delta delta = advance(*story.run, {.reports = {report}}, story.world());
  const size_t during = pods_to_collect(*story.run, delta, story.world()).pods.size();
  std::vector<WantChange> changes;
  story.run->apply(delta, changes);
  return {during, pods_to_collect(*story.run, story.world()).pods.size()};
}

TEST(PodGc, LetsPodsGoAsItsStrategySays) {
  using Pods = std::pair<size_t, size_t>;
  EXPECT_EQ(collected("{strategy: OnPodCompletion}", Phase::kFailed), Pods(1, 0));
  EXPECT_EQ(collected("{strategy: OnPodSuccess}", Phase::kFailed), Pods(0, 0));
  EXPECT_EQ(collected("{strategy: OnPodSuccess}", Phase::kSucceeded), Pods(1, 0));
  EXPECT_EQ(collected("{strategy: OnWorkflowCompletion}", Phase::kFailed), Pods(0, 1));
  EXPECT_EQ(collected("{strategy: OnWorkflowSuccess}", Phase::kFailed), Pods(0, 0));
  EXPECT_EQ(collected("{strategy: OnWorkflowSuccess}", Phase::kSucceeded), Pods(0, 1));
}

TEST(PodGc, KeepsALogOfWhichThereIsNoCopy) {
  EXPECT_EQ(collected("{strategy: OnPodCompletion}", Phase::kSucceeded, false).first, 0u);
}

TEST(PodGc, TakesOnlyThePodsThatItsSelectorNames) {
  const auto with = [](std::string_view selector) {
    return collected("{strategy: OnPodCompletion, labelSelector: " + std::string(selector) + "}",
                     Phase::kSucceeded)
        .first;
  };
  EXPECT_EQ(with("{matchLabels: {keep: 'no'}}"), 1u);
  EXPECT_EQ(with("{matchLabels: {keep: 'yes'}}"), 0u);
  EXPECT_EQ(with("{matchLabels: {workflows.argoproj.io/completed: 'true'}}"), 1u);
  EXPECT_EQ(with("{matchExpressions: [{key: keep, operator: NotIn, values: ['yes']}]}"), 1u);
  EXPECT_EQ(with("{matchExpressions: [{key: keep, operator: DoesNotExist}]}"), 0u);
}

TEST(PodGc, WaitsForItsDelay) {
  Story story(manifest_with("podGC: {strategy: OnWorkflowCompletion, deleteDelayDuration: 1m}"));
  story.run_to_end();
  EXPECT_EQ(pods_to_collect(*story.run, story.world()).delay, Duration::seconds(60));
}

}  // namespace
}  // namespace slipway::workflow
