#include "core/workflow/story.h"

namespace slipway::workflow {
namespace {

using Names = std::vector<std::string>;

std::string dag(const std::string& tasks, const std::string& more = "") {
  return R"(
spec:
  entrypoint: main
  templates:
  - name: main
    dag:
)" + more +
         R"(
      tasks:
)" + tasks +
         R"(
  - name: work
    container: {image: busybox}
    outputs: {parameters: [{name: p, valueFrom: {path: /p, default: d}}]}
  - name: raw
    container: {image: busybox}
    outputs: {parameters: [{name: p, valueFrom: {path: /p}}]}
  - name: echo
    inputs: {parameters: [{name: x, default: own}]}
    container: {image: busybox, args: ["{{inputs.parameters.x}}"]}
)";
}

TEST(Dag, DiamondRunsInOrder) {  // rules 2, 5, 6, 13, 15
  Story story(dag(R"(
      - {name: A, template: work}
      - {name: B, template: work, depends: A}
      - {name: C, template: work, depends: A}
      - {name: D, template: work, depends: B && C})"));
  story.pass();
  EXPECT_EQ(story.pods(), Names{"A"});
  EXPECT_EQ(story.children("wf"), Names{"wf.A"});
  story.succeed("wf.A");
  EXPECT_EQ(story.pods(), (Names{"B", "C"}));
  EXPECT_EQ(story.children("wf.A"), (Names{"wf.B", "wf.C"}));
  story.succeed("wf.B");
  EXPECT_EQ(story.phase("wf.D"), "absent");
  story.succeed("wf.C");
  EXPECT_EQ(story.pods(), Names{"D"});
  EXPECT_EQ(story.children("wf.B"), Names{"wf.D"});
  EXPECT_EQ(story.children("wf.C"), Names{"wf.D"});
  story.succeed("wf.D");
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
  EXPECT_EQ(story.node("wf")->outbound_nodes, std::vector<NodeId>{story.node("wf.D")->id});
}

TEST(Dag, FailureOmitsWhatFollowsAndFailsTheDag) {  // rules 13, 15, 17
  Story story(dag(R"(
      - {name: A, template: work}
      - {name: B, template: work, depends: A}
      - {name: C, template: work, depends: B}
      - {name: X, template: work})"));
  story.pass();
  story.fail("wf.A");
  EXPECT_EQ(story.phase("wf.B"), "Omitted");
  EXPECT_EQ(story.message("wf.B"), "omitted: depends condition not met");
  EXPECT_EQ(story.node("wf.B")->type, NodeType::kSkipped);
  EXPECT_EQ(story.phase("wf.C"), "Omitted") << "omission cascades";
  EXPECT_EQ(story.phase("wf"), "Running") << "X still runs";
  story.succeed("wf.X");
  EXPECT_EQ(story.phase("wf"), "Failed");
  EXPECT_EQ(story.workflow_phase(), "Failed");
}

TEST(Dag, AFailureThatIsHandledIsNone) {  // rule 13
  Story story(dag(R"(
      - {name: A, template: work}
      - {name: B, template: work, depends: A.Failed}
      - {name: C, template: work, depends: A.Succeeded || B.Succeeded})"));
  story.answers["A"] = story.failure();
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
  EXPECT_EQ(story.phase("wf.C"), "Succeeded");
}

TEST(Dag, ContinueOnCoversATarget) {  // rules 13 and 15
  Story story(dag(R"(
      - {name: A, template: work, continueOn: {failed: true}}
      - {name: B, template: work, dependencies: [A]}
      - {name: C, template: work, continueOn: {failed: true}})"));
  story.answers["A"] = story.failure();
  story.answers["C"] = story.failure();
  story.run_to_end();
  EXPECT_EQ(story.phase("wf.B"), "Succeeded");
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
}

TEST(Dag, NoShortCircuit) {  // rule 17
  Story story(dag(R"(
      - {name: A, template: work}
      - {name: B, template: work}
      - {name: C, template: work, depends: A || B})"));
  story.pass();
  story.succeed("wf.A");
  EXPECT_EQ(story.phase("wf.C"), "absent");
  story.fail("wf.B");
  EXPECT_EQ(story.phase("wf.C"), "Pending");
}

TEST(Dag, OnlyWhatTheTargetNeeds) {  // rule 13
  Story story(dag(R"(
      - {name: A, template: work}
      - {name: B, template: work, depends: A}
      - {name: C, template: work, depends: B})",
                  "      target: B"));
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
  EXPECT_EQ(story.phase("wf.C"), "absent");
}

TEST(Dag, LoopsHaveATaskGroup) {  // rules 24 and 25
  Story story(dag(R"(
      - {name: A, template: raw, withItems: [1, 2]}
      - {name: E, template: raw, withParam: "[]"}
      - name: B
        template: echo
        depends: A && E
        arguments: {parameters: [{name: x, value: "{{tasks.A.outputs.parameters.p}}"}]})"));
  story.answers["A(0:1)"] = story.parameter("p", "x");
  story.answers["A(1:2)"] = story.parameter("p", "y");
  story.pass();
  EXPECT_EQ(story.node("wf.A")->type, NodeType::kTaskGroup);
  EXPECT_EQ(story.children("wf.A"), (Names{"wf.A(0:1)", "wf.A(1:2)"}));
  EXPECT_EQ(story.node("wf.E")->type, NodeType::kSkipped);
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded") << story.workflow_message();
  EXPECT_EQ(story.input("wf.B", "x"), R"(["x","y"])");
  EXPECT_EQ(story.children("wf.A(0:1)"), Names{"wf.B"});
}

TEST(Dag, AnySucceededAndAllFailed) {  // rule 16
  Story story(dag(R"(
      - {name: A, template: work, withItems: [1, 2]}
      - {name: some, template: work, depends: A.AnySucceeded}
      - {name: none, template: work, depends: A.AllFailed})"));
  story.answers["A(1:2)"] = story.failure();
  story.run_to_end();
  EXPECT_EQ(story.phase("wf.A"), "Failed");
  EXPECT_EQ(story.phase("wf.some"), "Succeeded");
  EXPECT_EQ(story.phase("wf.none"), "Omitted");
}

TEST(Dag, OutputsOfASkippedTask) {  // rule 46
  Story story(dag(R"(
      - {name: skip, template: work, when: "1 == 2"}
      - {name: nil, template: raw, when: "1 == 2"}
      - name: B
        template: echo
        depends: skip
        arguments: {parameters: [{name: x, value: "{{tasks.skip.outputs.parameters.p}}"}]}
      - name: C
        template: echo
        depends: nil
        arguments: {parameters: [{name: x, value: "{{tasks.nil.outputs.parameters.p}}"}]}
      - name: D
        template: echo
        depends: nil
        arguments: {parameters: [{name: x, value: "a{{tasks.nil.outputs.parameters.p}}"}]})"));
  story.run_to_end();
  EXPECT_EQ(story.input("wf.B", "x"), "d") << "the producer's default";
  EXPECT_EQ(story.input("wf.C", "x"), "own") << "counts as not supplied";
  EXPECT_EQ(story.phase("wf.D"), "Error");
  EXPECT_EQ(story.workflow_phase(), "Error");
}

TEST(Dag, LongChainsDoNotRecurse) {
  std::string tasks;
  for (int i = 0; i < 3000; ++i) {
    tasks += "\n      - {name: t" + std::to_string(i) + ", template: work" +
             (i > 0 ? ", depends: t" + std::to_string(i - 1) : "") + "}";
  }
  Story story(dag(tasks));
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
}

TEST(Dag, DaemonsGateAndEndWithTheDag) {  // rules 18 and 64
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    dag:
      tasks:
      - {name: db, template: db}
      - name: use
        template: echo
        depends: db
        arguments: {parameters: [{name: x, value: "{{tasks.db.ip}}"}]}
  - name: db
    daemon: true
    container: {image: db}
  - name: echo
    inputs: {parameters: [{name: x}]}
    container: {image: busybox}
)");
  story.pass();
  story.tell("wf.db", pod::PodReport::Phase::kRunning);
  EXPECT_EQ(story.phase("wf.use"), "absent") << "not ready yet";
  auto ready = story.report(*story.node("wf.db"), pod::PodReport::Phase::kReady);
  ready.pod_ip = "10.0.0.7";
  story.pass({.reports = {ready}});
  EXPECT_EQ(story.input("wf.use", "x"), "10.0.0.7");
  story.succeed("wf.use");
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
  EXPECT_EQ(story.phase("wf.db"), "Succeeded");
  EXPECT_EQ(story.stopped(), std::set<std::string>{"db"});
  EXPECT_FALSE(story.run->finished()) << "its pod is still to end";
  story.tell("wf.db", pod::PodReport::Phase::kFailed, 143, "killed");
  EXPECT_TRUE(story.run->finished());
  EXPECT_EQ(story.phase("wf.db"), "Succeeded");
}

}  // namespace
}  // namespace slipway::workflow
