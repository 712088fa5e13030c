#include "core/engine/act.h"

#include <fmt/format.h>

#include "core/engine/engine_fixture.h"

namespace slipway::engine {
namespace {

using manifest::Kind;

class ActTest : public EngineFixture {
 protected:
  // Submits a workflow with one resource template, and lets it work.
  void act(std::string_view resource, std::string_view rest = "", std::string_view name = "wf") {
    submit(
        fmt::format("metadata: {{name: {}}}\nspec:\n  entrypoint: main\n  templates:\n"
                    "  - name: main\n{}    resource:\n{}",
                    name, rest, resource));
    work();
  }
  std::string phase() { return finished("wf", {"status", "phase"}); }
  std::string message() { return finished("wf", {"status", "nodes", "wf", "message"}); }
  std::string output(std::string_view name) {
    const json::value* list =
        find_path(finished_["wf"], {"status", "nodes", "wf", "outputs", "parameters"});
    if (list == nullptr || !list->is_array()) return "absent";
    for (const json::value& item : list->get_array()) {
      if (get_string(item.get_object(), "name") == name) {
        return get_string(item.get_object(), "value", "no value");
      }
    }
    return "absent";
  }
};

constexpr std::string_view kMap = R"(
      action: {}
      setOwnerReference: true
      manifest: |
        apiVersion: v1
        kind: ConfigMap
        metadata: {{name: made, labels: {{app: x}}}}
        data: {{colour: red, size: "7"}}
)";

TEST_F(ActTest, CreateMakesAnObjectAndItsOutputs) {
  act(fmt::format(kMap, "create"), R"(    outputs:
      parameters:
      - {name: a, valueFrom: {jsonPath: '{.data.colour}'}}
      - {name: b, valueFrom: {jqFilter: '.data | keys[]'}}
      - {name: c, valueFrom: {jsonPath: 'metadata.name'}}
)");
  EXPECT_EQ(phase(), "Succeeded") << message();
  EXPECT_EQ(output("a"), "red");
  EXPECT_EQ(output("b"), "colour\nsize");
  EXPECT_EQ(output("c"), "made");
  EXPECT_EQ(finished("wf", {"status", "nodes", "wf", "type"}), "Pod");
  ASSERT_NE(object(Kind::kConfigMap, "made"), nullptr);
  EXPECT_FALSE(
      workflow::owner_of(*find_object(*object(Kind::kConfigMap, "made"), "metadata")).empty());
}

TEST_F(ActTest, CreateRefusesWhatIsThere) {
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: made}}");
  act(fmt::format(kMap, "create"));
  EXPECT_EQ(phase(), "Failed");
  EXPECT_EQ(message(), "main: Error (exit code 64): ConfigMap ci/made already exists");
}

TEST_F(ActTest, ApplyAndReplaceChangeWhatIsThere) {
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: made}, data: {colour: blue}}");
  act(fmt::format(kMap, "apply"));
  EXPECT_EQ(phase(), "Succeeded") << message();
  EXPECT_EQ(get_string(*find_object(*object(Kind::kConfigMap, "made"), "data"), "colour"), "red");
  run(DeleteResource{{Kind::kConfigMap, "ci", "made"}});
  finished_.clear();
  act(fmt::format(kMap, "replace"), "", "again");
  EXPECT_EQ(finished("again", {"status", "phase"}), "Failed");
}

TEST_F(ActTest, PatchKnowsThreeStrategies) {
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {a: '1', b: '2'}}");
  const auto patch = [&](std::string_view name, std::string_view strategy, std::string_view text) {
    act(fmt::format("      action: patch\n      mergeStrategy: {}\n      flags: [cm, cm]\n"
                    "      manifest: |\n        {}\n",
                    strategy, text),
        "", name);
    return print_json(*find_object(*object(Kind::kConfigMap, "cm"), "data"));
  };
  EXPECT_EQ(patch("p1", "merge", "data: {a: null}"), R"({"b":"2"})");
  EXPECT_EQ(patch("p2", "json", "[{op: add, path: /data/c, value: '3'}]"), R"({"b":"2","c":"3"})");
  EXPECT_EQ(patch("p3", "strategic", "data: {b: '4'}"), R"({"b":"4","c":"3"})");
}

TEST_F(ActTest, GetWaitsForItsConditions) {
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {state: building}}");
  act("      action: get\n      flags: [configmap/cm]\n"
      "      successCondition: data.state == ready, data.state != lost\n"
      "      failureCondition: data.state in (broken, lost)\n");
  ASSERT_NE(node("wf", "wf"), nullptr);
  EXPECT_EQ(node("wf", "wf")->phase, workflow::Phase::kRunning);
  EXPECT_EQ(engine_.next_wake(), std::nullopt) << "it waits without looking";
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {state: ready}}");
  work();
  EXPECT_EQ(phase(), "Succeeded") << message();
}

TEST_F(ActTest, AFailureConditionThatHoldsFails) {
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {state: building}}");
  act("      action: get\n      flags: [cm, cm]\n      successCondition: data.state == ready\n"
      "      failureCondition: data.state == broken\n");
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {state: broken}}");
  work();
  EXPECT_EQ(phase(), "Failed");
  EXPECT_EQ(message(),
            "main: Error (exit code 64): failure condition 'data.state == broken' "
            "evaluated true");
}

TEST_F(ActTest, AnObjectThatGoesWhileItIsWatchedFails) {
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}}");
  act("      action: get\n      flags: [cm, cm]\n      successCondition: data.x == 1\n");
  run(DeleteResource{{Kind::kConfigMap, "ci", "cm"}});
  work();
  EXPECT_EQ(phase(), "Failed");
  EXPECT_NE(message().find("ConfigMap ci/cm not found"), std::string::npos) << message();
}

constexpr std::string_view kChild = R"(
      action: create
      setOwnerReference: true
      successCondition: status.phase == Succeeded
      failureCondition: status.phase in (Failed, Error)
      manifest: |
        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata: {generateName: child-}
        spec:
          entrypoint: main
          templates:
          - name: main
            container: {image: busybox, command: ['true']}
)";

TEST_F(ActTest, AChildWorkflowIsWaitedFor) {
  act(kChild,
      "    outputs: {parameters: [{name: phase, valueFrom: {jsonPath: '{.status.phase}'}}]}\n");
  EXPECT_EQ(phase(), "Succeeded") << message();
  EXPECT_EQ(output("phase"), "Succeeded");
  EXPECT_EQ(finished_.size(), 2u);
}

TEST_F(ActTest, AChildThatFailsFailsItsParent) {
  submit(
      fmt::format("metadata: {{name: wf}}\nspec:\n  entrypoint: main\n  templates:\n"
                  "  - name: main\n    resource:\n{}",
                  kChild));
  tick();
  for (const Effect* effect : engine_.outstanding().after(0)) {
    end(effect->pod, pod::PodReport::Phase::kFailed);
    break;
  }
  work();
  EXPECT_EQ(phase(), "Failed");
}

TEST_F(ActTest, WhatIsOwnedGoesWithItsOwner) {
  act(fmt::format(kMap, "create"));
  const std::string uid = finished("wf", {"metadata", "uid"});
  run(DeleteWorkflow{WorkflowUid(uid), "ci", "wf", {}, {}, {}});
  EXPECT_EQ(object(Kind::kConfigMap, "made"), nullptr);
}

TEST_F(ActTest, AWorkflowCanSuspendAndLabelItself) {
  act("      action: patch\n      mergeStrategy: json\n      flags: [workflow, "
      "'{{workflow.name}}']\n"
      "      manifest: |\n        - {op: add, path: /metadata/labels/foo, value: bar}\n");
  EXPECT_EQ(phase(), "Succeeded") << message();
  EXPECT_EQ(finished("wf", {"metadata", "labels", "foo"}), "bar");
}

TEST_F(ActTest, DeleteTakesASelectorAndMindsNoAbsence) {
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {app: x}}}");
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: b, labels: {app: y}}}");
  act("      action: delete\n      flags: [cm, -l, app=x]\n");
  EXPECT_EQ(phase(), "Succeeded") << message();
  EXPECT_EQ(object(Kind::kConfigMap, "a"), nullptr);
  EXPECT_NE(object(Kind::kConfigMap, "b"), nullptr);
  act("      action: delete\n      flags: [cm, nobody]\n", "", "none");
  EXPECT_EQ(finished("none", {"status", "phase"}), "Succeeded");
}

TEST_F(ActTest, SaysWhatItCanNotDo) {
  const auto said = [&](std::string_view resource) {
    finished_.clear();
    act(resource, "", "wf");
    EXPECT_EQ(phase(), "Failed");
    return message();
  };
  EXPECT_NE(said("      action: create\n      manifest: |\n        {apiVersion: batch/v1, "
                 "kind: Job, metadata: {name: j}}\n")
                .find("'Job' is none of them"),
            std::string::npos);
  EXPECT_NE(said("      action: get\n      flags: [cm, x, --watch]\n").find("flag '--watch'"),
            std::string::npos);
  EXPECT_NE(said("      action: delete\n      successCondition: a == b\n      flags: [cm, x]\n")
                .find("not supported for delete action"),
            std::string::npos);
  EXPECT_NE(said("      action: get\n      flags: [cm, nobody]\n").find("ci/nobody not found"),
            std::string::npos);
}

TEST_F(ActTest, ABusyObjectIsLookedAtOnceASecond) {
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}}");
  ActTable table;
  const ActKey key{WorkflowUid("u"), NodeId("n")};
  table.want(key, "ConfigMap ci/cm");
  EXPECT_EQ(table.due(now_), key);
  table.tried(key, now_);
  EXPECT_EQ(table.next(), std::nullopt);
  table.touch("ConfigMap ci/cm", now_ + Duration::milliseconds(10), false);
  EXPECT_EQ(table.next(), now_ + Duration::seconds(1));
  table.touch("ConfigMap ci/cm", now_ + Duration::milliseconds(20), true);
  EXPECT_EQ(table.next(), Time{}) << "what ends it is looked at at once";
  table.drop(key, "ConfigMap ci/cm");
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(table.next(), std::nullopt);
}

TEST_F(ActTest, ARestartGoesOnWaiting) {
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {x: '0'}}");
  act("      action: get\n      flags: [cm, cm]\n      successCondition: data.x == 1\n");
  Engine again = Engine::restore(engine_.snapshot(), {}).value();
  engine_ = std::move(again);
  tick();
  put("{apiVersion: v1, kind: ConfigMap, metadata: {name: cm}, data: {x: '1'}}");
  work();
  EXPECT_EQ(phase(), "Succeeded");
}

// --- data, and manifests from artifacts ---

TEST_F(ActTest, DataListsKeysAndTransformsThem) {
  submit(R"yaml(metadata: {name: wf}
spec:
  entrypoint: main
  templates:
  - name: main
    data:
      source: {artifactPaths: {name: logs, s3: {key: "runs/{{workflow.name}}"}}}
      transformation:
      - {expression: "filter(data, {# endsWith '.log'})"}
      - {expression: "map(data, {trimPrefix(#, 'runs/wf/')})"}
)yaml");
  tick();
  const Effect* effect = engine_.outstanding().after(0).at(0);
  ASSERT_EQ(effect->kind, Effect::Kind::kReadArtifacts);
  const auto plan = engine_.plan_read(*effect, now_);
  ASSERT_TRUE(plan.ok()) << plan.error().text();
  EXPECT_EQ(plan->from.location.key, "runs/wf");
  EXPECT_EQ(plan->what, workflow::ReadPlan::What::kKeys);
  workflow::ReadResult result;
  result.node = effect->node;
  result.keys = {"runs/wf/a.log", "runs/wf/b.txt", "runs/wf/c.log"};
  run(ArtifactsRead{effect->workflow, result});
  tick();
  EXPECT_EQ(phase(), "Succeeded") << message();
  EXPECT_EQ(finished("wf", {"status", "nodes", "wf", "outputs", "result"}), R"(["a.log","c.log"])");
}

TEST_F(ActTest, AManifestMayComeFromAnArtifact) {
  submit(R"(metadata: {name: wf}
spec:
  entrypoint: main
  templates:
  - name: main
    inputs: {artifacts: [{name: m, path: /m, s3: {key: made/m.tgz}}]}
    resource: {action: create, manifestFrom: {artifact: {name: m}}}
)");
  tick();
  const Effect* effect = engine_.outstanding().after(0).at(0);
  ASSERT_EQ(effect->kind, Effect::Kind::kReadArtifacts);
  EXPECT_EQ(engine_.plan_read(*effect, now_)->from.location.key, "made/m.tgz");
  workflow::ReadResult result;
  result.node = effect->node;
  result.text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: from-artifact}}";
  run(ArtifactsRead{effect->workflow, result});
  tick();
  EXPECT_EQ(phase(), "Succeeded") << message();
  EXPECT_NE(object(Kind::kConfigMap, "from-artifact"), nullptr);
}

// --- artifactGC ---

TEST_F(ActTest, ArtifactsGoAtTheEndOrWithTheirWorkflow) {
  submit(R"(metadata: {name: wf}
spec:
  entrypoint: main
  artifactGC: {strategy: OnWorkflowDeletion}
  templates:
  - name: main
    outputs: {artifacts: [{name: a, path: /a, artifactGC: {strategy: OnWorkflowCompletion}},
                          {name: b, path: /b},
                          {name: c, path: /c, artifactGC: {strategy: Never}}]}
    container: {image: busybox, command: ['true']}
)");
  tick();
  pod::PodReport report;
  report.id = engine_.outstanding().after(0).at(0)->pod;
  report.phase = pod::PodReport::Phase::kSucceeded;
  report.artifacts = {{"a", "wf/a.tgz"}, {"b", "wf/b.tgz"}, {"c", "wf/c.tgz"}};
  report.finished_at = now_;
  run(PodReported{report});
  tick();
  const auto removed = [&] {
    std::vector<std::string> keys;
    for (const Effect* effect : engine_.outstanding().after(0)) {
      if (effect->kind == Effect::Kind::kRemoveArtifact) keys.push_back(effect->name);
    }
    return keys;
  };
  EXPECT_EQ(removed(), std::vector<std::string>{"wf/a.tgz"});
  EXPECT_EQ(engine_.run_count(), 1u) << "it leaves after its artifact";
  run(ArtifactRemoved{"wf/a.tgz", ""});
  EXPECT_TRUE(removed().empty());
  tick();
  EXPECT_EQ(engine_.run_count(), 0u);
}

// Both write to one place, and the second's is there again when the first's has been removed.
TEST_F(ActTest, WhatIsWrittenWhileItIsRemovedIsRemovedAgain) {
  const auto end_one = [this](const std::string& name) {
    submit("metadata: {name: " + name + R"(}
spec:
  entrypoint: main
  artifactGC: {strategy: OnWorkflowCompletion}
  templates:
  - name: main
    outputs: {artifacts: [{name: a, path: /a}]}
    container: {image: busybox, command: ['true']}
)");
    tick();
    pod::PodReport report;
    for (const Effect* effect : engine_.outstanding().after(0)) {
      if (effect->kind == Effect::Kind::kStartPod) report.id = effect->pod;
    }
    report.phase = pod::PodReport::Phase::kSucceeded;
    report.artifacts = {{"a", "fixed.tgz"}};
    report.finished_at = now_;
    run(PodReported{report});
    tick();
  };
  end_one("first");
  const uint64_t asked = engine_.outstanding().last_sequence();
  end_one("second");
  run(ArtifactRemoved{"fixed.tgz", ""});
  tick();
  EXPECT_EQ(engine_.find_run("ci", "first"), nullptr);
  ASSERT_NE(engine_.find_run("ci", "second"), nullptr) << "its artifact is still there";
  const Effect* again = engine_.outstanding().find(artifact_id("fixed.tgz"));
  ASSERT_NE(again, nullptr);
  EXPECT_GT(engine_.outstanding().last_sequence(), asked) << "a dispatcher takes it for new";

  auto restored = Engine::restore(engine_.snapshot(), {});
  ASSERT_TRUE(restored.ok()) << restored.error().text();
  EXPECT_EQ(restored->snapshot(), engine_.snapshot());
  run(ArtifactRemoved{"fixed.tgz", ""});
  tick();
  EXPECT_EQ(engine_.run_count(), 0u);
}

}  // namespace
}  // namespace slipway::engine
