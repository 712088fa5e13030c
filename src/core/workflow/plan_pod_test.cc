// Plans of nodes that a real pass has made.
#include <gtest/gtest.h>

#include "core/task/task.h"
#include "core/workflow/advance.h"
#include "core/workflow/lock.h"
#include "core/workflow/plan_result.h"
#include "core/workflow/submit.h"

namespace slipway::workflow {
namespace {

json::object parse(std::string_view text) { return parse_json(text).value().get_object(); }

class PlanPod : public testing::Test {
 protected:
  // Starts the workflow and takes one pass.
  void start(std::string_view spec) {
    Random random(1);
    const json::object object =
        prepare(json::object{{"metadata", {{"name", "wf"}}}, {"spec", parse(spec)}}, "ci", {}, now,
                random)
            .value();
    const std::string uid = get_string(object.at("metadata").as_object(), "uid");
    run.emplace(WorkflowUid(uid), print_json(object));
    pass({});
  }

  void pass(const Happening& happening) {
    std::vector<WantChange> changes;
    run->apply(advance(*run, happening, world()), changes);
  }

  World world() const { return {catalog, settings, locks, now}; }

  const Node& node(std::string_view name) const {
    const Node* found = run->find_node(node_id("wf", name));
    EXPECT_NE(found, nullptr) << name;
    static const Node kNone;
    return found != nullptr ? *found : kNone;
  }

  Result<pod::PodPlan> plan(std::string_view name) const {
    return plan_pod(*run, node(name).id, world());
  }

  manifest::Catalog catalog;
  Settings settings;
  LockTable locks;
  Time now = Time::from_seconds(1'000'000);
  std::optional<workflow::Run> run;
};

TEST_F(PlanPod, TagsAndInputsAreFilledIn) {
  start(R"({"entrypoint": "main", "archiveLogs": true,
      "arguments": {"parameters": [{"name": "who", "value": "a\"b\n"}]}, "podMetadata": {"labels": {"team": "{{workflow.name}}"}},
      "templates": [{"name": "main", "steps": [[
          {"name": "say", "template": "echo", "arguments": {"parameters":
            [{"name": "m", "value": "{{workflow.parameters.who}}"}]}},
          {"name": "quiet", "template": "echo", "arguments": {"parameters":
            [{"name": "m", "value": "{{item}}"}]}, "withItems": ["x"]}]
        ,[{"name": "after", "template": "echo", "arguments": {"parameters":
            [{"name": "m", "value": "{{steps.say.outputs.result}}"}]}}]]},
       {"name": "echo", "inputs": {"parameters": [{"name": "m"}]},
        "metadata": {"annotations": {"p": "{{pod.name}}"}},
        "container": {"image": "alpine", "args": ["{{inputs.parameters.m}} {{unknown}}"],
          "env": [{"name": "NODE", "value": "{{node.name}}"}]}}]})");
  const pod::PodPlan say = plan("wf[0].say").value();
  EXPECT_EQ(say.containers.at(0).args, std::vector<std::string>{"a\"b\n {{unknown}}"});
  EXPECT_EQ(say.containers.at(0).env.at(0).value, "wf[0].say");
  EXPECT_EQ(say.labels.at("team"), "wf");
  EXPECT_EQ(say.labels.at("workflows.argoproj.io/workflow"), "wf");
  EXPECT_EQ(say.annotations.at("p"), say.pod_name);
  EXPECT_EQ(say.pod_name, pod_name("wf", "echo", "wf[0].say"));
  EXPECT_EQ(say.id, node("wf[0].say").pod_id);
  EXPECT_FALSE(say.id.empty());
  EXPECT_TRUE(say.capture_result);
  const pod::PodPlan quiet = plan("wf[0].quiet(0:x)").value();
  EXPECT_EQ(quiet.containers.at(0).args, std::vector<std::string>{"x {{unknown}}"});
  EXPECT_FALSE(quiet.capture_result);
  EXPECT_EQ(say.log_location->key, "wf/" + say.pod_name);
  // The plan is a pure function: the same again, byte for byte.
  EXPECT_EQ(print_json(pod::to_json(say)), print_json(pod::to_json(plan("wf[0].say").value())));
}

TEST_F(PlanPod, EntrypointPodTakesDefaultsAndClaims) {
  start(R"({"entrypoint": "main", "templateDefaults": {"container": {"imagePullPolicy": "Never"}},
      "volumeClaimTemplates": [{"metadata": {"name": "work"}, "spec": {}}],
      "templates": [{"name": "main", "container": {"image": "alpine",
        "volumeMounts": [{"name": "work", "mountPath": "/w"}]}}]})");
  const pod::PodPlan planned = plan("wf").value();
  EXPECT_EQ(planned.pod_name, "wf");
  EXPECT_EQ(planned.containers.at(0).pull_policy, pod::PullPolicy::kNever);
  EXPECT_EQ(planned.volumes.at(0).claim, "ci/wf-work");
  EXPECT_FALSE(planned.capture_result);
}

TEST_F(PlanPod, UnknownNodesAreNotFound) {
  start(R"({"entrypoint": "main", "templates": [{"name": "main", "suspend": {}}]})");
  EXPECT_EQ(plan_pod(*run, NodeId("nobody"), world()).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(plan_request(*run, NodeId("nobody"), world()).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(plan_request(*run, node("wf").id, world()).ok());
}

TEST_F(PlanPod, RequestsOfHttpAndPluginTemplates) {
  start(R"({"entrypoint": "main", "arguments": {"parameters": [{"name": "body", "value": ""}]},
      "templates": [{"name": "main", "steps": [[{"name": "h", "template": "web"},
          {"name": "p", "template": "asana"}]]},
        {"name": "web", "http": {"url": "http://x/{{workflow.name}}"}},
        {"name": "asana", "plugin": {"asana": {"tokenSecret": {"name": "s", "key": "k"},
          "from": "{{workflow.parameters.body}}", "action": "complete"}}}]})");
  EXPECT_EQ(plan_request(*run, node("wf[0].h").id, world())->url, "http://x/wf");
  const PlannedRequest request = plan_request(*run, node("wf[0].p").id, world()).value();
  ASSERT_EQ(request.nothing_to_do, "no Asana task linked");

  RequestResult answer{.node = node("wf[0].p").id, .attempt = node("wf[0].p").request_attempts};
  answer.ok = true;
  answer.status = 204;
  answer.headers = {{std::string(task::kNothingToDoHeader), *request.nothing_to_do}};
  Happening happening;
  happening.responses.push_back(answer);
  pass(happening);
  EXPECT_EQ(node("wf[0].p").phase, Phase::kSucceeded);
  EXPECT_EQ(node("wf[0].p").message, "no Asana task linked");
}

TEST(StepName, WithoutGroupsLoopsAndAttempts) {
  EXPECT_EQ(step_name("wf[1].print(0:a)(2)", "wf"), "print");
  EXPECT_EQ(step_name("wf.task", "wf"), "task");
  EXPECT_EQ(step_name("wf[0]", "wf"), "");
  EXPECT_EQ(step_name("other", "wf"), "");
}

TEST(RefersToResult, EveryWayToWriteIt) {
  for (const std::string_view text :
       {"{{steps.a.outputs.result}}", "{{tasks.a.outputs.result}}",
        "{{=steps['a'].outputs.result}}", "{{=tasks[\\\"a\\\"].outputs.result}}"}) {
    EXPECT_TRUE(refers_to_result(parse(R"({"x": ")" + std::string(text) + "\"}"), "a")) << text;
  }
  EXPECT_FALSE(refers_to_result(parse(R"({"x": "{{steps.ab.outputs.result}}"})"), "a"));
  EXPECT_FALSE(refers_to_result(parse(R"({"x": "{{steps.a.outputs.parameters.result}}"})"), "a"));
  EXPECT_FALSE(refers_to_result({}, ""));
}

}  // namespace
}  // namespace slipway::workflow
