// Hooks, exit handlers, stops, deadlines and suspends.
#include "core/workflow/story.h"
#include "core/workflow/submit.h"

namespace slipway::workflow {
namespace {

using Names = std::vector<std::string>;

std::string with(const std::string& spec,
                 const std::string& steps = "- - {name: a, template: work}") {
  return "spec:\n  entrypoint: main\n" + spec + R"(
  templates:
  - name: main
    steps:
    )" + steps +
         R"(
  - name: work
    container: {image: busybox}
  - name: told
    inputs: {parameters: [{name: x, default: ""}]}
    container: {image: busybox, args: ["{{workflow.status}}", "{{inputs.parameters.x}}"]}
  - name: wait
    suspend: {duration: "20"}
  - name: ask
    inputs: {parameters: [{name: fallback, default: dd}]}
    suspend: {}
    outputs: {parameters: [{name: answer, valueFrom: {supplied: {}, default: none}}]}
)";
}

TEST(Finish, ExitHandlerRunsAfterFailure) {  // rules 2, 49, 50
  Story story(with("  onExit: told"));
  story.pass();
  story.fail("wf[0].a");
  EXPECT_EQ(story.workflow_phase(), "Running");
  EXPECT_EQ(story.phase("wf.onExit"), "Pending");
  EXPECT_TRUE(story.node("wf.onExit")->hooked);
  EXPECT_EQ(story.node("wf.onExit")->boundary_id.value, "");
  story.succeed("wf.onExit");
  EXPECT_EQ(story.workflow_phase(), "Failed") << "a failing main keeps its phase";
}

TEST(Finish, AFailingExitHandlerFailsAGoodWorkflow) {  // rule 49
  Story story(with("  onExit: told"));
  story.answers["wf.onExit"] = story.failure(9);
  story.run_to_end();
  EXPECT_EQ(story.phase("wf"), "Succeeded");
  EXPECT_EQ(story.workflow_phase(), "Failed");
  EXPECT_EQ(story.workflow_message(), "main: Error (exit code 9)");
}

TEST(Finish, HooksOfTheWorkflow) {  // rules 49 and 52
  Story story(with(R"(
  hooks:
    exit: {template: told, expression: "false"}
    running: {template: told, expression: 'workflow.status == "Running"'}
    failed: {template: told, expression: 'workflow.status == "Failed"'})"));
  story.pass();
  EXPECT_EQ(story.phase("wf.hooks.running"), "Pending");
  EXPECT_EQ(story.phase("wf.hooks.failed"), "absent");
  story.succeed("wf[0].a");
  EXPECT_EQ(story.phase("wf.onExit"), "Pending") << "hooks.exit.expression is not evaluated";
  story.succeed("wf.onExit");
  EXPECT_EQ(story.workflow_phase(), "Running") << "the running hook has not ended";
  story.fail("wf.hooks.running");
  EXPECT_EQ(story.workflow_phase(), "Succeeded") << "a failing hook fails nothing";
}

TEST(Finish, HooksOfAStep) {  // rules 2, 51, 52
  Story story(with("  arguments: {parameters: [{name: x, value: global}]}", R"(- - name: a
        template: work
        hooks:
          exit: {template: told, expression: 'steps["a"].status == "Failed"'}
          run:
            template: told
            expression: steps.a.status == "Running"
            arguments: {parameters: [{name: x, value: "{{steps.a.id}}"}]}
        continueOn: {failed: true}
    - - {name: b, template: work})"));
  story.pass();
  EXPECT_EQ(story.phase("wf[0].a.hooks.run"), "absent");
  story.tell("wf[0].a", pod::PodReport::Phase::kRunning);
  EXPECT_EQ(story.phase("wf[0].a.hooks.run"), "Pending");
  EXPECT_EQ(story.input("wf[0].a.hooks.run", "x"), story.node("wf[0].a")->id.value);
  EXPECT_EQ(story.node("wf[0].a.hooks.run")->boundary_id.value, "wf");
  story.fail("wf[0].a");
  EXPECT_EQ(story.phase("wf[0].a.onExit"), "Pending");
  EXPECT_EQ(story.input("wf[0].a.onExit", "x"), "global") << "defaults to the workflow's";
  EXPECT_EQ(story.phase("wf[0]"), "Running") << "the group waits for its hooks";
  story.fail("wf[0].a.onExit");
  EXPECT_EQ(story.phase("wf[0]"), "Running");
  story.succeed("wf[0].a.hooks.run");
  EXPECT_EQ(story.phase("wf[0]"), "Succeeded");
  EXPECT_EQ(story.phase("wf[1].b"), "Pending");
}

TEST(Finish, StopEndsPodsAndRunsTheExitHandler) {  // rule 58
  Story story(with("  onExit: told",
                   "- - {name: a, template: work}\n      - {name: w, template: ask}\n"
                   "    - - {name: b, template: work}"));
  story.pass();
  story.tell("wf[0].a", pod::PodReport::Phase::kRunning);
  story.pass({.operations = {Stop{}}});
  EXPECT_EQ(story.stopped(), std::set<std::string>{"a"});
  EXPECT_EQ(story.phase("wf[0].w"), "Failed");
  EXPECT_EQ(story.phase("wf[0].a"), "Running") << "until its pod has ended";
  story.tell("wf[0].a", pod::PodReport::Phase::kFailed, 143, "main: Error (exit code 143)");
  EXPECT_EQ(story.phase("wf[0].a"), "Failed");
  EXPECT_EQ(story.phase("wf[1]"), "absent");
  EXPECT_EQ(story.phase("wf.onExit"), "Pending");
  story.succeed("wf.onExit");
  EXPECT_EQ(story.workflow_phase(), "Failed");
  EXPECT_EQ(story.workflow_message(), "Stopped with strategy 'Stop'");
}

TEST(Finish, TerminateRunsNoHandler) {  // rule 58
  Story story(with("  onExit: told"));
  story.pass();
  story.pass({.operations = {Terminate{}}});
  EXPECT_EQ(story.workflow_phase(), "Failed");
  EXPECT_EQ(story.phase("wf[0].a"), "Failed");
  EXPECT_EQ(story.phase("wf.onExit"), "absent");
  EXPECT_FALSE(story.run->finished()) << "the pod has still to go";
  story.tell("wf[0].a", pod::PodReport::Phase::kGone);
  EXPECT_TRUE(story.run->finished());
}

TEST(Finish, DeadlineOfTheWorkflow) {  // rule 57
  Story story(with("  activeDeadlineSeconds: 30\n  onExit: told"));
  story.pass();
  ASSERT_TRUE(story.run->next_wake());
  EXPECT_EQ(*story.run->next_wake(), story.now + Duration::seconds(30));
  story.now = story.now + Duration::seconds(30);
  story.pass();
  EXPECT_EQ(story.phase("wf[0].a"), "Failed");
  EXPECT_EQ(story.message("wf[0].a"), "Step exceeded its deadline");
  EXPECT_EQ(story.phase("wf.onExit"), "Pending") << "exempt";
  story.succeed("wf.onExit");
  EXPECT_EQ(story.workflow_phase(), "Failed");
}

TEST(Finish, TimeoutOfATemplate) {  // rule 57
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    timeout: 10s
    container: {image: busybox}
)");
  story.pass();
  story.now = story.now + Duration::seconds(10);
  story.pass();
  EXPECT_EQ(story.phase("wf"), "Failed");
  EXPECT_EQ(story.workflow_phase(), "Failed");
}

TEST(Finish, SuspendWaitsItsTime) {  // rule 59
  Story story(with("", "- - {name: w, template: wait}"));
  story.pass();
  EXPECT_EQ(story.phase("wf[0].w"), "Running");
  EXPECT_EQ(*story.run->next_wake(), story.now + Duration::seconds(20));
  EXPECT_FALSE(story.run->dirty());
  story.now = story.now + Duration::seconds(20);
  story.pass();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
}

TEST(Finish, ResumeTakesDefaultsOrWhatWasSet) {  // rule 59
  Story story(with("", "- - {name: w, template: ask}\n      - {name: v, template: ask}"));
  story.pass();
  EXPECT_FALSE(story.run->next_wake());
  story.pass({.operations = {SetNode{"displayName=v", "", "", {{"answer", "yes"}}}}});
  EXPECT_EQ(story.phase("wf[0].v"), "Running");
  story.pass({.operations = {Resume{"go", ""}}});
  EXPECT_EQ(story.output("wf[0].v", "answer"), "yes");
  EXPECT_EQ(story.output("wf[0].w", "answer"), "none");
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
}

TEST(Finish, ResumeWithoutAValueGoesOnWaiting) {  // rule 59
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    suspend: {}
    outputs: {parameters: [{name: answer, valueFrom: {supplied: {}}}]}
)");
  story.pass();
  story.pass({.operations = {Resume{}}});
  EXPECT_EQ(story.phase("wf"), "Running");
  EXPECT_EQ(story.message("wf"),
            "raw output parameter 'answer' has not been set and does not have a default value");
  story.pass({.operations = {SetNode{"displayName=wf", "", "", {{"answer", "42"}}}, Resume{}}});
  EXPECT_EQ(story.output("wf", "answer"), "42");
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
}

TEST(Finish, StopWithASelectorFailsOnlyThat) {  // rule 59
  Story story(with("", "- - {name: w, template: ask}\n      - {name: v, template: ask}"));
  story.pass();
  story.pass({.operations = {Stop{"not approved", "displayName=v"}}});
  EXPECT_EQ(story.phase("wf[0].v"), "Failed");
  EXPECT_EQ(story.message("wf[0].v"), "not approved");
  EXPECT_EQ(story.phase("wf[0].w"), "Running");
}

TEST(Finish, ASuspendedWorkflowStartsNothing) {  // spec a11
  Story story(with("  suspend: true"));
  story.pass();
  EXPECT_EQ(story.workflow_phase(), "Running");
  EXPECT_TRUE(story.pods().empty());
  EXPECT_FALSE(story.run->dirty());
  story.pass({.operations = {Resume{}}});
  EXPECT_EQ(story.pods(), Names{"a"});
  story.pass({.operations = {Suspend{}}});
  story.succeed("wf[0].a");
  EXPECT_EQ(story.phase("wf[0].a"), "Succeeded");
  EXPECT_EQ(story.workflow_phase(), "Running");
  story.pass({.operations = {Resume{}}});
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
}

TEST(Finish, AnInvalidSpecFails) {  // spec a1
  Story story("spec: {entrypoint: nobody, templates: [{name: a, container: {image: b}}]}");
  story.pass();
  EXPECT_EQ(story.workflow_phase(), "Failed");
  EXPECT_EQ(story.workflow_message().substr(0, 14), "invalid spec: ");
  EXPECT_TRUE(story.run->nodes().empty());
  EXPECT_TRUE(story.run->finished());
}

TEST(Finish, VanishedPodIsAnError) {  // rule 30
  Story story(with(""));
  story.pass();
  story.tell("wf[0].a", pod::PodReport::Phase::kGone);
  EXPECT_EQ(story.phase("wf[0].a"), "Error");
  EXPECT_EQ(story.message("wf[0].a"), "pod deleted");
}

TEST(Finish, StaleReportsAreDropped) {
  Story story(with(""));
  story.pass();
  pod::PodReport stranger = story.report(*story.node("wf[0].a"), pod::PodReport::Phase::kFailed);
  stranger.id = PodId("somebody else's");
  EXPECT_FALSE(story.pass({.reports = {stranger}}));
  story.succeed("wf[0].a");
  EXPECT_FALSE(story.pass(
      {.reports = {story.report(*story.node("wf[0].a"), pod::PodReport::Phase::kFailed)}}));
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
}

TEST(Finish, ARetriedWorkflowRunsOnlyWhatFailed) {  // rule 60
  Story story(R"(
spec:
  entrypoint: main
  onExit: bye
  templates:
  - name: main
    dag:
      tasks:
      - {name: a, template: work}
      - {name: b, template: flaky, depends: a}
      - {name: c, template: work, depends: b}
  - {name: work, container: {image: busybox}}
  - {name: flaky, retryStrategy: {limit: 1}, container: {image: busybox}}
  - name: bye
    steps: [[{name: last, template: work}]]
)");
  story.answers["b(0)"] = story.answers["b(1)"] = story.failure();
  story.run_to_end();
  ASSERT_EQ(story.workflow_phase(), "Failed");
  const PodId kept = story.node("wf.a")->pod_id, failed = story.node("wf.b(0)")->pod_id;
  auto retried = retry(story.run->to_object(), {}, story.now);
  ASSERT_TRUE(retried.ok()) << retried.error().text();
  story.run.emplace(WorkflowUid("u-1"), print_json(retried->workflow));
  story.answers.clear();
  story.now = story.now + Duration::seconds(60);
  story.pass();
  EXPECT_EQ(story.pods(), Names{"b(0)"});
  EXPECT_NE(story.node("wf.b(0)")->pod_id, failed) << "a new run of the same node";
  EXPECT_EQ(story.node("wf.a")->pod_id, kept);
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded") << story.workflow_message();
  EXPECT_EQ(story.phase("wf.c"), "Succeeded");
  EXPECT_EQ(story.phase("wf.onExit[0].last"), "Succeeded");
  EXPECT_TRUE(story.run->finished());
}

TEST(Finish, ClaimsAreLetGoOnSuccess) {  // rule 65
  Story story(with(R"(
  volumeClaimTemplates:
  - metadata: {name: work}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}})"));
  story.pass();
  EXPECT_EQ(story.run->status()
                .at("persistentVolumeClaims")
                .at(0)
                .at("persistentVolumeClaim")
                .at("claimName"),
            "wf-work");
  story.succeed("wf[0].a");
  ASSERT_EQ(story.run->wants().size(), 1u);
  EXPECT_EQ(story.run->wants()[0].kind, Want::Kind::kClaim);
  EXPECT_EQ(story.run->wants()[0].name, "wf-work");
  Delta gone;
  gone.uid = story.run->uid();
  gone.status["persistentVolumeClaims"] = nullptr;
  std::vector<WantChange> changes;
  story.run->apply(gone, changes);
  EXPECT_TRUE(story.run->finished());
}

TEST(Finish, NothingEndsBeforeItBeganWhenTheClockGoesBack) {
  Story story(with(""));
  story.pass();
  story.now = story.now - Duration::seconds(3600);
  story.succeed("wf[0].a");
  ASSERT_EQ(story.workflow_phase(), "Succeeded");
  for (const auto& [id, node] : story.run->nodes()) {
    EXPECT_GE(node.finished_at, node.started_at) << node.name;
  }
  EXPECT_GE(get_string(story.run->status(), "finishedAt"),
            get_string(story.run->status(), "startedAt"));
}

}  // namespace
}  // namespace slipway::workflow
