#include "core/workflow/story.h"

namespace slipway::workflow {
namespace {

using Names = std::vector<std::string>;

std::string retried(const std::string& strategy) {
  return R"(
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: work}
    - - name: b
        template: echo
        arguments: {parameters: [{name: x, value: "{{steps.a.outputs.result}} {{steps.a.exitCode}}"}]}
  - name: work
    retryStrategy: )" +
         strategy + R"(
    script: {image: busybox, command: [sh], source: "{{retries}} {{lastRetry.exitCode}}"}
  - name: echo
    inputs: {parameters: [{name: x}]}
    container: {image: busybox}
)";
}

TEST(RetryNode, AttemptsAreChildren) {  // rules 2, 9, 32, 35, 79
  Story story(retried("{limit: 2}"));
  story.pass();
  EXPECT_EQ(story.node("wf[0].a")->type, NodeType::kRetry);
  EXPECT_EQ(story.node("wf[0].a(0)")->type, NodeType::kPod);
  EXPECT_TRUE(story.node("wf[0].a(0)")->retried);
  EXPECT_EQ(story.node("wf[0].a(0)")->display_name, "a(0)");
  EXPECT_EQ(story.node("wf[0].a(0)")->boundary_id.value, "wf");
  story.fail("wf[0].a(0)", 7);
  EXPECT_EQ(story.children("wf[0].a"), (Names{"wf[0].a(0)", "wf[0].a(1)"}));
  auto good = story.report(*story.node("wf[0].a(1)"), pod::PodReport::Phase::kSucceeded);
  good.result = "done";
  story.pass({.reports = {good}});
  EXPECT_EQ(story.phase("wf[0].a"), "Succeeded");
  EXPECT_EQ(get_string(story.node("wf[0].a")->outputs, "result"), "done");
  EXPECT_EQ(story.input("wf[1].b", "x"), "done 0");
  EXPECT_EQ(story.children("wf[0].a(1)"), Names{"wf[1]"}) << "edges leave the last attempt";
}

TEST(RetryNode, LimitEndsIt) {  // rules 33 and 34
  Story story(retried("{limit: \"1\"}"));
  story.answers["a(0)"] = story.failure();
  story.answers["a(1)"] = story.failure();
  story.run_to_end();
  EXPECT_EQ(story.phase("wf[0].a"), "Failed");
  EXPECT_EQ(story.message("wf[0].a"), "No more retries left");
  EXPECT_EQ(story.phase("wf[0].a(2)"), "absent");
}

TEST(RetryNode, PolicyOnFailureDoesNotRetryErrors) {  // rules 33 and 34
  Story story(retried("{limit: 5}"));
  story.pass();
  story.tell("wf[0].a(0)", pod::PodReport::Phase::kError, 0, "no such image");
  EXPECT_EQ(story.phase("wf[0].a"), "Error");
  EXPECT_EQ(story.message("wf[0].a"), "no such image");
  Story always(retried("{limit: 5, retryPolicy: Always}"));
  always.pass();
  always.tell("wf[0].a(0)", pod::PodReport::Phase::kError, 0, "no such image");
  EXPECT_EQ(always.phase("wf[0].a(1)"), "Pending");
}

TEST(RetryNode, BackoffWaits) {  // rule 34
  Story story(retried("{limit: 3, backoff: {duration: \"10\", factor: 2}}"));
  story.pass();
  story.fail("wf[0].a(0)");
  EXPECT_EQ(story.message("wf[0].a"), "Backoff for 10 seconds");
  EXPECT_EQ(story.phase("wf[0].a(1)"), "absent");
  ASSERT_TRUE(story.run->next_wake());
  EXPECT_EQ(*story.run->next_wake(), story.now + Duration::seconds(10));
  story.now = story.now + Duration::seconds(9);
  story.pass();
  EXPECT_EQ(story.phase("wf[0].a(1)"), "absent");
  story.now = story.now + Duration::seconds(1);
  story.pass();
  EXPECT_EQ(story.phase("wf[0].a(1)"), "Pending");
  story.fail("wf[0].a(1)");
  EXPECT_EQ(story.message("wf[0].a"), "Backoff for 20 seconds");
}

TEST(RetryNode, MaxDurationEndsIt) {  // rule 34
  Story story(retried("{limit: 9, backoff: {duration: 10s, factor: 2, maxDuration: 25s}}"));
  story.pass();
  story.fail("wf[0].a(0)");
  story.now = story.now + Duration::seconds(10);
  story.pass();
  story.fail("wf[0].a(1)");
  EXPECT_EQ(story.message("wf[0].a"), "Backoff would exceed max duration limit");
  EXPECT_EQ(story.phase("wf[0].a"), "Failed");
}

TEST(RetryNode, ExpressionDecides) {  // rules 33 to 35
  const char* strategy = R"({expression: "asInt(lastRetry.exitCode) > 1 && asInt(retries) < 2"})";
  Story story(retried(strategy));
  story.pass();
  story.fail("wf[0].a(0)", 2);
  EXPECT_EQ(story.phase("wf[0].a(1)"), "Pending");
  story.fail("wf[0].a(1)", 1);
  EXPECT_EQ(story.message("wf[0].a"), "retryStrategy.expression evaluated to false");
}

TEST(RetryNode, SpecStrategyIsForEveryTemplate) {  // rule 32
  Story story(R"(
spec:
  entrypoint: main
  retryStrategy: {limit: 1}
  templates:
  - name: main
    steps:
    - - {name: a, template: work}
  - name: work
    container: {image: busybox}
)");
  story.pass();
  EXPECT_EQ(story.node("wf")->type, NodeType::kRetry);
  EXPECT_EQ(story.node("wf(0)")->type, NodeType::kSteps);
  EXPECT_EQ(story.node("wf(0)[0].a")->type, NodeType::kRetry);
  story.answers["a(0)"] = story.failure();
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
  EXPECT_EQ(story.phase("wf(1)"), "absent");
}

}  // namespace
}  // namespace slipway::workflow
