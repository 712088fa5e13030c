// Templates from elsewhere, parallelism, locks, requests, container sets and untrusted values.
#include "core/workflow/story.h"

namespace slipway::workflow {
namespace {

using Names = std::vector<std::string>;

constexpr const char* kLibrary = R"(
kind: WorkflowTemplate
metadata: {name: lib}
spec:
  entrypoint: outer
  arguments: {parameters: [{name: who, value: library}]}
  templates:
  - name: outer
    steps:
    - - name: in
        template: inner
        arguments: {parameters: [{name: x, value: "{{workflow.parameters.who}}"}]}
  - name: inner
    inputs: {parameters: [{name: x}]}
    container: {image: busybox}
)";

TEST(Invoke, TemplateRefKeepsASnapshot) {  // rule 54
  Story story(R"(
spec:
  entrypoint: main
  arguments: {parameters: [{name: who, value: me}]}
  templates:
  - name: main
    dag: {tasks: [{name: a, templateRef: {name: lib, template: outer}}]}
)");
  story.put(kLibrary);
  story.pass();
  EXPECT_EQ(story.node("wf.a")->type, NodeType::kSteps) << story.workflow_message();
  EXPECT_EQ(story.node("wf.a")->template_scope, "local/wf");
  EXPECT_EQ(story.node("wf.a[0].in")->template_scope, "namespaced/lib");
  EXPECT_EQ(story.input("wf.a[0].in", "x"), "me") << "the calling workflow's globals (rule 80)";
  const json::object& stored = *find_object(story.run->status(), "storedTemplates");
  EXPECT_TRUE(stored.contains("namespaced/lib/outer"));
  EXPECT_TRUE(stored.contains("namespaced/lib/inner"));
  story.catalog.remove({manifest::Kind::kWorkflowTemplate, "default", "lib"});
  story.forget_index = true;
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
}

TEST(Invoke, WorkflowTemplateRefIsStored) {  // rule 53
  Story story(R"(
spec:
  workflowTemplateRef: {name: lib}
  arguments: {parameters: [{name: who, value: you}]}
)");
  story.put(kLibrary);
  story.pass();
  EXPECT_EQ(story.input("wf[0].in", "x"), "you") << story.workflow_message();
  EXPECT_NE(find_object(story.run->status(), "storedWorkflowTemplateSpec"), nullptr);
  story.catalog.remove({manifest::Kind::kWorkflowTemplate, "default", "lib"});
  story.forget_index = true;
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
}

TEST(Invoke, AMissingWorkflowTemplateIsAnError) {  // rule 71
  Story story("spec: {workflowTemplateRef: {name: nobody}}");
  story.pass();
  EXPECT_EQ(story.workflow_phase(), "Error");
  EXPECT_NE(story.workflow_message().find("nobody"), std::string::npos);
}

TEST(Invoke, InlineTemplatesAndTemplateDefaults) {  // spec a2, rule 55
  Story story(R"(
spec:
  entrypoint: main
  templateDefaults: {timeout: 60s}
  templates:
  - name: main
    dag:
      tasks:
      - name: a
        withItems: [u, v]
        inline: {container: {image: busybox, args: ["{{item}}"]}}
)");
  story.pass();
  EXPECT_EQ(story.pods(), (Names{"a(0:u)", "a(1:v)"})) << story.workflow_message();
  EXPECT_EQ(print_json(story.node("wf.a(1:v)")->inline_template),
            R"({"container":{"image":"busybox","args":["v"]}})");
  EXPECT_EQ(*story.run->next_wake(), story.now + Duration::seconds(60));
}

TEST(Invoke, ParallelismOfTheSpec) {  // rules 62 and 76
  Story story(R"(
spec:
  entrypoint: main
  parallelism: 2
  templates:
  - name: main
    steps:
    - - {name: a, template: work, withSequence: {count: "5"}}
  - name: work
    container: {image: busybox}
)");
  story.pass();
  EXPECT_EQ(story.pods(), (Names{"a(0:0)", "a(1:1)"}));
  story.succeed("wf[0].a(1:1)");
  EXPECT_EQ(story.pods(), (Names{"a(0:0)", "a(2:2)"}));
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
}

TEST(Invoke, ParallelismOfATemplateCountsItsOwnChildren) {  // rule 62
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    parallelism: 1
    dag:
      tasks:
      - {name: a, template: two}
      - {name: b, template: two}
  - name: two
    steps:
    - - {name: u, template: work}
      - {name: v, template: work}
  - name: work
    container: {image: busybox}
)");
  story.pass();
  EXPECT_EQ(story.phase("wf.a"), "Running");
  EXPECT_EQ(story.phase("wf.b"), "absent");
  EXPECT_EQ(story.pods().size(), 2u);
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
}

constexpr const char* kLocked = R"(
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: work, withItems: [1, 2]}
  - name: work
    synchronization: {mutexes: [{name: m}]}
    container: {image: busybox}
)";

TEST(Invoke, AMutexLetsOneThrough) {  // rules 61 and 62
  Story story(kLocked);
  story.pass();
  EXPECT_EQ(story.pods(), Names{"a(0:1)"});
  EXPECT_EQ(story.phase("wf[0].a(1:2)"), "Pending");
  EXPECT_EQ(story.message("wf[0].a(1:2)"), "Waiting for default/Mutex/m lock. Lock status: 0/1");
  const std::string status = print_json(*find_object(story.run->status(), "synchronization"));
  EXPECT_NE(status.find("default/wf/" + story.node("wf[0].a(0:1)")->id.value), std::string::npos);
  story.succeed("wf[0].a(0:1)");
  EXPECT_EQ(story.pods(), Names{"a(1:2)"});
  story.succeed("wf[0].a(1:2)");
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
  EXPECT_EQ(find(story.run->status(), "synchronization"), nullptr);
}

TEST(Invoke, ALockHeldElsewhere) {  // rule 61
  Story story(kLocked);
  const LockHolder other{WorkflowUid("other"), NodeId()};
  story.locks.take("default/Mutex/m", other);
  story.pass();
  EXPECT_TRUE(story.pods().empty());
  story.locks.release("default/Mutex/m", other);
  story.pass();
  EXPECT_EQ(story.pods().size(), 1u);
}

TEST(Invoke, ASemaphoreReadsItsLimit) {  // rule 61
  Story story(R"(
spec:
  entrypoint: main
  synchronization: {semaphores: [{configMapKeyRef: {name: c, key: k}}]}
  templates:
  - name: main
    container: {image: busybox}
)");
  story.put("kind: ConfigMap\nmetadata: {name: c}\ndata: {k: \"0\"}");
  story.pass();
  EXPECT_EQ(story.workflow_phase(), "Pending");
  EXPECT_EQ(story.workflow_message(), "Waiting for default/ConfigMap/c/k lock. Lock status: 0/0");
  EXPECT_FALSE(story.run->dirty());
  story.put("kind: ConfigMap\nmetadata: {name: c}\ndata: {k: \"1\"}");
  story.pass();
  EXPECT_EQ(story.workflow_phase(), "Running");
  EXPECT_EQ(story.pods().size(), 1u);
}

constexpr const char* kHttp = R"(
spec:
  entrypoint: main
  templates:
  - name: main
    http: {url: "http://x/y", successCondition: "response.statusCode == 404"}
)";

TEST(Invoke, HttpNodes) {  // spec a2, rule 69
  Story story(kHttp);
  story.pass();
  ASSERT_EQ(story.run->wants().size(), 1u);
  EXPECT_EQ(story.run->wants()[0].kind, Want::Kind::kRequest);
  EXPECT_EQ(story.run->wants()[0].attempt, 1);
  story.pass({.responses = {
                  {.node = NodeId("wf"), .attempt = 1, .ok = true, .status = 404, .body = "no"}}});
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
  EXPECT_EQ(get_string(story.node("wf")->outputs, "result"), "no");
}

TEST(Invoke, ARequestWithoutReplyIsMadeAgain) {
  Story story(kHttp);
  story.pass();
  for (int attempt = 1; attempt <= 5; ++attempt) {
    ASSERT_EQ(story.run->wants().size(), 1u) << attempt;
    EXPECT_EQ(story.run->wants()[0].attempt, attempt);
    story.pass({.responses = {{.node = NodeId("wf"), .attempt = attempt, .error = "refused"}}});
    if (attempt == 5) break;
    EXPECT_TRUE(story.run->wants().empty());
    ASSERT_TRUE(story.run->next_wake());
    EXPECT_EQ(*story.run->next_wake() - story.now, Duration::seconds(1 << (attempt - 1)));
    // A late answer to the attempt before changes nothing.
    EXPECT_FALSE(
        story.pass({.responses = {{.node = NodeId("wf"), .attempt = attempt, .ok = true}}}));
    story.forget_index = true;
    story.now = *story.run->next_wake();
    story.pass();
  }
  EXPECT_EQ(story.workflow_phase(), "Error");
  EXPECT_EQ(story.message("wf"), "refused (given up after 5 attempts)");
}

TEST(Invoke, ContainerSetsHaveANodeEach) {  // spec a2, rules 2 and 5
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    containerSet:
      containers:
      - {name: a, image: busybox}
      - {name: main, image: busybox, dependencies: [a]}
)");
  story.pass();
  EXPECT_EQ(story.node("wf.a")->type, NodeType::kContainer) << story.workflow_message();
  EXPECT_EQ(story.node("wf.a")->boundary_id.value, "wf");
  EXPECT_EQ(story.children("wf"), Names{"wf.a"});
  EXPECT_EQ(story.children("wf.a"), Names{"wf.main"});
  auto report = story.report(*story.node("wf"), pod::PodReport::Phase::kRunning);
  report.containers = {{.name = "a", .state = pod::ContainerStatus::State::kTerminated}};
  story.pass({.reports = {report}});
  EXPECT_EQ(story.phase("wf.a"), "Succeeded");
  EXPECT_EQ(story.phase("wf.main"), "Pending");
  report.phase = pod::PodReport::Phase::kFailed;
  report.message = "main: Error (exit code 2)";
  report.containers.push_back({.name = "main",
                               .state = pod::ContainerStatus::State::kTerminated,
                               .exit_code = 2,
                               .reason = "Error"});
  story.pass({.reports = {report}});
  EXPECT_EQ(story.phase("wf.main"), "Failed");
  EXPECT_EQ(story.message("wf.main"), "Error (exit code 2)");
  EXPECT_EQ(story.workflow_phase(), "Failed");
}

std::string pasting(const std::string& work) {
  return R"(
metadata:
  annotations: {slipway.dev/untrusted: '["workflow.parameters.title"]'}
spec:
  entrypoint: main
  arguments: {parameters: [{name: title, value: "`rm -rf /`"}, {name: ok, value: fine}]}
  templates:
  - name: main
    steps:
    - - name: a
        template: work
        arguments: {parameters: [{name: t, value: "PR {{workflow.parameters.title}}"}]}
  - name: work
    inputs: {parameters: [{name: t}]}
)" + work;
}

TEST(Invoke, UntrustedValuesInAScript) {  // design, "Untrusted values"
  const std::string script = pasting(
      R"(    script: {image: busybox, command: [sh], source: "echo {{inputs.parameters.t}}"})");
  Story allow(script);
  allow.pass();
  EXPECT_EQ(allow.phase("wf[0].a"), "Pending") << allow.workflow_message();
  EXPECT_EQ(allow.node("wf[0].a")->untrusted_inputs, Names{"t"});
  Story warn(script);
  warn.settings.untrusted = UntrustedPolicy::kWarn;
  warn.pass();
  EXPECT_EQ(warn.phase("wf[0].a"), "Pending");
  ASSERT_EQ(warn.node("wf[0].a")->warnings.size(), 1u);
  EXPECT_NE(print_json(warn.run->status().at("conditions")).find("UntrustedValues"),
            std::string::npos);
  Story deny(script);
  deny.settings.untrusted = UntrustedPolicy::kDeny;
  deny.run_to_end();
  EXPECT_EQ(deny.phase("wf[0].a"), "Error");
  EXPECT_NE(deny.message("wf[0].a").find("script.source pastes {{inputs.parameters.t}}"),
            std::string::npos)
      << deny.message("wf[0].a");
}

TEST(Invoke, UntrustedValuesAsDataAreFine) {
  for (
      const char* work :
      {R"(    container: {image: b, command: [echo], args: ["{{inputs.parameters.t}}"]})",
       R"(    container: {image: b, command: [sh, -c, "echo \"$T\""], env: [{name: T, value: "{{inputs.parameters.t}}"}]})",
       R"(    container: {image: b, command: [sh, -c, "echo {{workflow.parameters.ok}}"], args: ["{{inputs.parameters.t}}"]})"}) {
    Story story(pasting(work));
    story.settings.untrusted = UntrustedPolicy::kDeny;
    story.pass();
    EXPECT_EQ(story.phase("wf[0].a"), "Pending") << work << story.message("wf[0].a");
  }
  for (
      const char* work :
      {R"(    container: {image: b, command: [/bin/bash, -ec], args: ["echo {{inputs.parameters.t}}"]})",
       R"(    container: {image: b, command: [sh], args: [-x, -c, "echo {{=inputs.parameters.t}}"]})",
       R"(    script: {image: b, command: [python], source: "print {{workflow.parameters}}"})"}) {
    Story story(pasting(work));
    story.settings.untrusted = UntrustedPolicy::kDeny;
    story.pass();
    EXPECT_EQ(story.phase("wf[0].a"), "Error") << work;
  }
}

}  // namespace
}  // namespace slipway::workflow
