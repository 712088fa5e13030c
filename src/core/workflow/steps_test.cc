#include "core/workflow/story.h"

namespace slipway::workflow {
namespace {

using Names = std::vector<std::string>;

TEST(Steps, OneContainerIsTheWorkflow) {
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    container: {image: busybox}
)");
  ASSERT_TRUE(story.pass());
  EXPECT_EQ(story.workflow_phase(), "Running");
  EXPECT_EQ(story.phase("wf"), "Pending");
  ASSERT_EQ(story.run->wants().size(), 1u);
  story.tell("wf", pod::PodReport::Phase::kRunning);
  EXPECT_EQ(story.phase("wf"), "Running");
  EXPECT_EQ(get_string(story.run->status(), "progress"), "0/1");
  story.succeed("wf");
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
  EXPECT_TRUE(story.run->finished());
  const json::object object = story.run->to_object();
  EXPECT_EQ(get_string(*find_object(*find_object(object, "metadata"), "labels"),
                       "workflows.argoproj.io/phase"),
            "Succeeded");
  EXPECT_EQ(get_string(*find_object(object, "status"), "progress"), "1/1");
}

TEST(Steps, FailedPodKeepsItsMessage) {  // rule 30
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    container: {image: busybox}
)");
  story.pass();
  story.fail("wf", 3);
  EXPECT_EQ(story.workflow_phase(), "Failed");
  EXPECT_EQ(story.workflow_message(), "main: Error (exit code 3)");
  EXPECT_EQ(get_string(story.node("wf")->outputs, "exitCode"), "3");
}

constexpr const char* kTwoGroups = R"(
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: work}
      - {name: b, template: work}
    - - name: c
        template: echo
        arguments: {parameters: [{name: x, value: "{{steps.a.outputs.result}}-{{workflow.name}}"}]}
  - name: work
    container: {image: busybox}
  - name: echo
    inputs: {parameters: [{name: x}]}
    container: {image: busybox, args: ["{{inputs.parameters.x}}"]}
)";

TEST(Steps, GroupsFollowEachOther) {  // rules 1 to 6, 12
  Story story(kTwoGroups);
  story.answers["a"] = story.result("hi");
  story.pass();
  EXPECT_EQ(story.pods(), (Names{"a", "b"}));
  EXPECT_EQ(story.node("wf")->type, NodeType::kSteps);
  EXPECT_EQ(story.node("wf[0]")->type, NodeType::kStepGroup);
  EXPECT_EQ(story.node("wf[0]")->display_name, "[0]");
  EXPECT_EQ(story.node("wf[0].a")->boundary_id.value, "wf");
  EXPECT_EQ(story.children("wf"), Names{"wf[0]"});
  EXPECT_EQ(story.children("wf[0]"), (Names{"wf[0].a", "wf[0].b"}));
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
  EXPECT_EQ(story.input("wf[1].c", "x"), "hi-wf");
  EXPECT_EQ(story.children("wf[0].a"), Names{"wf[1]"});
  EXPECT_EQ(story.children("wf[0].b"), Names{"wf[1]"});
  ASSERT_EQ(story.node("wf")->outbound_nodes.size(), 1u);
  EXPECT_EQ(story.node("wf")->outbound_nodes[0], story.node("wf[1].c")->id);
}

TEST(Steps, AFailedStepFailsItsGroupOnceAllAreDone) {  // rule 10
  Story story(kTwoGroups);
  story.pass();
  story.fail("wf[0].a");
  EXPECT_EQ(story.phase("wf[0]"), "Running");
  story.succeed("wf[0].b");
  const std::string message = "child '" + story.node("wf[0].a")->id.value + "' failed";
  EXPECT_EQ(story.phase("wf[0]"), "Failed");
  EXPECT_EQ(story.message("wf[0]"), message);
  EXPECT_EQ(story.phase("wf"), "Failed");
  EXPECT_EQ(story.message("wf"), message);
  EXPECT_EQ(story.workflow_message(), message);
  EXPECT_EQ(story.phase("wf[1]"), "absent");
}

TEST(Steps, ContinueOnFailedGoesOn) {  // rule 10
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: work, continueOn: {failed: true}}
    - - {name: b, template: work}
  - name: work
    container: {image: busybox}
)");
  story.answers["a"] = story.failure();
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
  EXPECT_EQ(story.phase("wf[0].a"), "Failed");
  EXPECT_EQ(story.phase("wf[0]"), "Succeeded");
  EXPECT_EQ(story.phase("wf[1].b"), "Succeeded");
}

TEST(Steps, WhenFalseIsSkippedWithItsText) {  // rules 8, 19 and 20
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: flip, template: work}
    - - {name: heads, template: work, when: "{{steps.flip.outputs.result}} == heads"}
      - name: tails
        template: echo
        when: "{{steps.flip.outputs.result}} == tails"
        arguments: {parameters: [{name: x, value: "{{steps.flip.outputs.parameters.none}}"}]}
  - name: work
    container: {image: busybox}
    outputs: {parameters: [{name: none, valueFrom: {path: /none, default: d}}]}
  - name: echo
    inputs: {parameters: [{name: x}]}
    container: {image: busybox}
)");
  story.answers["flip"] = story.result("heads");
  story.run_to_end();
  EXPECT_EQ(story.phase("wf[1].heads"), "Succeeded");
  EXPECT_EQ(story.phase("wf[1].tails"), "Skipped");
  EXPECT_EQ(story.node("wf[1].tails")->type, NodeType::kSkipped);
  EXPECT_EQ(story.message("wf[1].tails"), "when 'heads == tails' evaluated false");
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
}

TEST(Steps, AWhenThatIsNoBooleanIsAnErrorOfTheGroup) {  // rules 10 and 19
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: work, when: "1 + 1"}
  - name: work
    container: {image: busybox}
)");
  story.run_to_end();
  EXPECT_EQ(story.phase("wf[0].a"), "absent");
  EXPECT_EQ(story.phase("wf[0]"), "Error");
  EXPECT_EQ(story.phase("wf"), "Failed");
  EXPECT_NE(story.message("wf").find("failed to resolve references: Expected boolean evaluation"),
            std::string::npos);
}

TEST(Steps, MissingReferenceIsAnErrorThatNamesIt) {  // rule 39, done better
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: work, when: "1 == 2"}
    - - name: b
        template: echo
        arguments: {parameters: [{name: x, value: "{{steps.a.outputs.result}}"}]}
  - name: work
    script: {image: busybox, command: [sh], source: "echo"}
  - name: echo
    inputs: {parameters: [{name: x}]}
    container: {image: busybox}
)");
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Failed");
  EXPECT_EQ(story.phase("wf[1].b"), "Error");
  EXPECT_NE(story.message("wf[1].b").find("{{steps.a.outputs.result}}"), std::string::npos)
      << story.message("wf[1].b");
}

TEST(Steps, OutputsOfATemplateComeFromItsSteps) {  // rules 45 to 47
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: inner}
    - - name: b
        template: echo
        arguments: {parameters: [{name: x, value: "{{steps.a.outputs.parameters.out}}"}]}
  - name: inner
    steps:
    - - {name: gen, template: gen}
      - {name: skip, template: gen, when: "1 == 2"}
    - - {name: late, template: echo, arguments: {parameters: [{name: x, value: "{{workflow.outputs.parameters.shared}}"}]}}
    outputs:
      parameters:
      - name: out
        valueFrom: {parameter: "{{steps.gen.outputs.parameters.p}}"}
      - name: sum
        valueFrom: {expression: "asInt(steps.gen.outputs.parameters.p) + 1"}
      - name: gone
        valueFrom: {parameter: "{{steps.skip.outputs.parameters.p}}", default: fallback}
  - name: gen
    container: {image: busybox}
    outputs: {parameters: [{name: p, globalName: shared, valueFrom: {path: /p}}]}
  - name: echo
    inputs: {parameters: [{name: x}]}
    container: {image: busybox}
)");
  story.answers["gen"] = story.parameter("p", "41");
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded") << story.workflow_message();
  EXPECT_EQ(story.output("wf[0].a", "out"), "41");
  EXPECT_EQ(story.output("wf[0].a", "sum"), "42");
  EXPECT_EQ(story.output("wf[0].a", "gone"), "fallback");
  EXPECT_EQ(story.input("wf[0].a[1].late", "x"), "41");
  EXPECT_EQ(story.input("wf[1].b", "x"), "41");
  const json::value* global = find_path(story.run->status(), {"outputs", "parameters"});
  ASSERT_NE(global, nullptr);
  EXPECT_EQ(get_string(global->at(0).get_object(), "name"), "shared");
}

TEST(Steps, ArtifactsPassBetweenSteps) {  // rule 44
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: gen, template: gen}
    - - name: use
        template: use
        arguments: {artifacts: [{name: in, from: "{{steps.gen.outputs.artifacts.out}}"}]}
  - name: gen
    container: {image: busybox}
    outputs: {artifacts: [{name: out, path: /out}]}
  - name: use
    inputs: {artifacts: [{name: in, path: /in, mode: 493}]}
    container: {image: busybox}
)");
  story.answers["gen"] = [&](const Node& of) {
    auto report = story.report(of, pod::PodReport::Phase::kSucceeded);
    report.artifacts.push_back({"out", "wf/pod/out.tgz", 3});
    return report;
  };
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded") << story.workflow_message();
  const json::array* artifacts = find_array(story.node("wf[1].use")->inputs, "artifacts");
  ASSERT_NE(artifacts, nullptr);
  const json::object& in = artifacts->at(0).get_object();
  EXPECT_EQ(get_string(in, "path"), "/in");
  EXPECT_EQ(get_int(in, "mode"), 493);
  EXPECT_EQ(get_string(*find_object(in, "s3"), "key"), "wf/pod/out.tgz");
}

TEST(Steps, FailFastOfTheTemplateStopsLaunching) {  // rule 11
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    failFast: true
    parallelism: 1
    steps:
    - - {name: a, template: work, withItems: [1, 2, 3], continueOn: {failed: true}}
  - name: work
    container: {image: busybox}
)");
  story.answers["a(0:1)"] = story.failure();
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Failed");
  EXPECT_EQ(story.phase("wf[0].a(1:2)"), "absent");
  EXPECT_EQ(story.message("wf[0]"), "template has failed or errored children and failFast enabled");
}

TEST(Steps, EndlessRecursionIsAnError) {  // spec a5
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: again, template: main}
)");
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Failed");
  bool told = false;
  for (const auto& [id, node] : story.run->nodes()) {
    told = told || node.message.find("maximum recursion depth exceeded") != std::string::npos;
  }
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace slipway::workflow
