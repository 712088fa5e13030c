#include "core/view/kube_event.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace slipway::views {
namespace {

using workflow::Delta;
using workflow::Node;
using workflow::NodeType;
using workflow::Phase;

constexpr const char* kRunning = R"json({
  "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
  "metadata": {"name": "build", "namespace": "ci", "uid": "u1",
               "creationTimestamp": "2026-01-02T03:04:05Z"},
  "spec": {"entrypoint": "main", "activeDeadlineSeconds": 10},
  "status": {"phase": "Running", "startedAt": "2026-01-02T03:04:05Z", "nodes": {
    "build": {"id": "build", "name": "build", "displayName": "build", "type": "Steps",
              "phase": "Running", "startedAt": "2026-01-02T03:04:05Z"},
    "a": {"id": "a", "name": "build.a", "displayName": "a", "type": "Pod", "phase": "Pending",
          "startedAt": "2026-01-02T03:04:05Z"}}}})json";

class KubeEventTest : public testing::Test {
 protected:
  KubeEventTest() : run_(WorkflowUid("u1"), kRunning) {
    delta_.uid = run_.uid();
    delta_.at = Time{1767323047000000000};  // two seconds after the start
  }
  void set(const char* id, Phase phase, const char* message = "") {
    Node node;
    node.id = NodeId(id);
    node.name = std::string("build.") + id;
    node.type = NodeType::kPod;
    node.phase = phase;
    node.message = message;
    node.started_at = Time{1767323046000000005};
    delta_.nodes.push_back(node);
  }
  std::vector<std::string> told() {
    std::vector<std::string> lines;
    for (const KubeEvent& event : kube_events(run_, delta_)) {
      lines.push_back(fmt::format("{} {}: {}", event.warning ? "Warning" : "Normal", event.reason,
                                  event.message));
    }
    return lines;
  }

  workflow::Run run_;
  Delta delta_;
};
using Lines = std::vector<std::string>;

// Argo: recordNodePhaseChangeEvents and recordNodePhaseEvent in workflow/controller/operator.go.
TEST_F(KubeEventTest, APhaseOfANodeIsToldOnce) {
  set("a", Phase::kRunning);
  set("b", Phase::kPending, "waits");
  set("c", Phase::kOmitted);
  EXPECT_EQ(told(), (Lines{"Normal WorkflowNodeRunning: Running node build.a"}));
  delta_.nodes.clear();
  set("a", Phase::kPending, "pulling the image");
  EXPECT_EQ(told(), Lines());
}

TEST_F(KubeEventTest, WhatWasNeverSeenToRunIsToldAsRunningFirst) {
  set("a", Phase::kFailed, "exit code 3");
  set("new", Phase::kSucceeded);
  EXPECT_EQ(told(), (Lines{"Normal WorkflowNodeRunning: Running node build.a: exit code 3",
                           "Warning WorkflowNodeFailed: Failed node build.a: exit code 3",
                           "Normal WorkflowNodeRunning: Running node build.new",
                           "Normal WorkflowNodeSucceeded: Succeeded node build.new"}));
  delta_.nodes.clear();
  set("a", Phase::kSkipped);
  EXPECT_EQ(told(), (Lines{"Warning WorkflowNodeSkipped: Skipped node build.a"}));
}

TEST_F(KubeEventTest, ANodeThatARetryRemovedBeginsAnew) {
  delta_.removed_nodes = {NodeId("build")};
  set("build", Phase::kRunning);
  EXPECT_EQ(told(), (Lines{"Normal WorkflowNodeRunning: Running node build.build"}));
}

TEST_F(KubeEventTest, TheEndOfTheWorkflowHasItsMessage) {
  delta_.status["phase"] = "Succeeded";
  EXPECT_EQ(told(), (Lines{"Normal WorkflowSucceeded: Workflow completed"}));
  delta_.status = {{"phase", "Error"}, {"message", "no template x"}};
  EXPECT_EQ(told(), (Lines{"Warning WorkflowFailed: no template x"}));
  delta_.status = {{"phase", "Running"}};
  EXPECT_EQ(told(), Lines());
}

TEST_F(KubeEventTest, ADeadlineThatPassedIsToldToo) {
  delta_.at = delta_.at + Duration::seconds(8);
  delta_.status = {{"phase", "Failed"}, {"message", "late"}};
  EXPECT_EQ(told(), (Lines{"Warning WorkflowTimedOut: Workflow timed out",
                           "Warning WorkflowFailed: late"}));
}

TEST_F(KubeEventTest, AnArtifactThatStaysIsTold) {
  delta_.status["conditions"] = json::array{
      json::object{{"type", "ArtifactGCError"}, {"status", "True"}, {"message", "store is down"}}};
  EXPECT_EQ(told(), (Lines{"Warning ArtifactGCFailed: Artifact Garbage Collection failed for "
                           "strategy OnWorkflowCompletion, err:store is down"}));
}

TEST_F(KubeEventTest, TheObjectIsWhatKubernetesKeeps) {
  set("a", Phase::kError, "lost");
  const std::vector<KubeEvent> events = kube_events(run_, delta_);
  const json::object object = to_object(events.back(), 255);
  const auto text = [&](std::initializer_list<std::string_view> path) {
    const json::value* found = find_path(object, path);
    return found != nullptr && found->is_string() ? str(found->get_string()) : "absent";
  };
  EXPECT_EQ(text({"apiVersion"}) + " " + text({"kind"}), "v1 Event");
  EXPECT_EQ(text({"metadata", "name"}), "build.ff");
  EXPECT_EQ(text({"metadata", "resourceVersion"}), "255");
  EXPECT_EQ(text({"metadata", "annotations", "workflows.argoproj.io/node-id"}), "a");
  EXPECT_EQ(text({"metadata", "annotations", "workflows.argoproj.io/node-name"}), "build.a");
  EXPECT_EQ(text({"metadata", "annotations", "workflows.argoproj.io/node-type"}), "Pod");
  EXPECT_EQ(text({"metadata", "annotations", "workflows.argoproj.io/node-start-time"}),
            "1767323046000000005");
  EXPECT_EQ(text({"involvedObject", "kind"}) + " " + text({"involvedObject", "name"}) + " " +
                text({"involvedObject", "namespace"}) + " " + text({"involvedObject", "uid"}),
            "Workflow build ci u1");
  EXPECT_EQ(text({"lastTimestamp"}), "2026-01-02T03:04:07Z");
  EXPECT_EQ(text({"type"}), "Warning");
  EXPECT_EQ(*field_of(events.back(), "involvedObject.name"), "build");
  EXPECT_FALSE(field_of(events.back(), "spec.nodeName").ok());
}

}  // namespace
}  // namespace slipway::views
