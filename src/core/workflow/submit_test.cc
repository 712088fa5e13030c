#include "core/workflow/submit.h"

#include <gtest/gtest.h>

#include "core/workflow/node.h"

namespace slipway::workflow {
namespace {

json::object parse(std::string_view text) { return parse_json(text).value().get_object(); }
std::string sorted(const json::value& value) { return print_json(value, {.sort_keys = true}); }
std::string at(const json::object& object, std::initializer_list<std::string_view> path) {
  const json::value* found = find_path(object, path);
  return found == nullptr     ? "(none)"
         : found->is_string() ? str(found->get_string())
                              : sorted(*found);
}

manifest::Resource resource(manifest::Kind kind, std::string_view object) {
  return {kind, parse(object)};
}

Result<json::object> prepared(std::string_view workflow, const SubmitOptions& options = {}) {
  Random random(7);
  return prepare(parse(workflow), "ci", options, Time::from_seconds(0), random);
}

TEST(FromTemplate, EachKind) {
  const json::object one =
      from_template(
          resource(manifest::Kind::kWorkflowTemplate, R"({"metadata": {"name": "build"}})"), "ci")
          .value();
  EXPECT_EQ(sorted(one),
            R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"generateName":)"
            R"("build-","labels":{"workflows.argoproj.io/workflow-template":"build"},)"
            R"("namespace":"ci"},"spec":{"workflowTemplateRef":{"name":"build"}}})");
  const json::object cluster = from_template(resource(manifest::Kind::kClusterWorkflowTemplate,
                                                      R"({"metadata": {"name": "c"}})"),
                                             "ci")
                                   .value();
  EXPECT_EQ(at(cluster, {"spec", "workflowTemplateRef"}), R"({"clusterScope":true,"name":"c"})");
  const json::object cron =
      from_template(resource(manifest::Kind::kCronWorkflow,
                             R"({"metadata": {"name": "nightly"}, "spec": {"workflowMetadata":
                                {"labels": {"a": "b"}}, "workflowSpec": {"entrypoint": "m"}}})"),
                    "ci")
          .value();
  EXPECT_EQ(at(cron, {"metadata", "labels"}),
            R"({"a":"b","workflows.argoproj.io/cron-workflow":"nightly"})");
  EXPECT_EQ(at(cron, {"spec", "entrypoint"}), "m");
  EXPECT_FALSE(from_template(resource(manifest::Kind::kSecret, "{}"), "ci").ok());
}

TEST(Prepare, NamesAndOptions) {
  SubmitOptions options;
  options.entrypoint = "other";
  options.parameters = {{"a", "9"}, {"new", "x"}};
  options.labels = {{"l", "v"}};
  options.priority = 5;
  options.scheduled_time = "2026-01-01T00:00:00Z";
  const json::object workflow =
      prepared(R"({"metadata": {"generateName": "hello-", "uid": "old", "resourceVersion": "3"},
          "spec": {"arguments": {"parameters": [{"name": "b", "value": "2"},
          {"name": "a", "value": "1"}]}}, "status": {"phase": "Succeeded"}})",
               options)
          .value();
  const std::string name = at(workflow, {"metadata", "name"});
  EXPECT_EQ(name.size(), 11u);
  EXPECT_TRUE(name.starts_with("hello-"));
  EXPECT_EQ(at(workflow, {"metadata", "namespace"}), "ci");
  EXPECT_EQ(at(workflow, {"metadata", "creationTimestamp"}), "1970-01-01T00:00:00Z");
  EXPECT_NE(at(workflow, {"metadata", "uid"}), "old");
  EXPECT_EQ(at(workflow, {"metadata", "resourceVersion"}), "1");
  EXPECT_EQ(at(workflow, {"metadata", "annotations", "workflows.argoproj.io/scheduled-time"}),
            "2026-01-01T00:00:00Z");
  EXPECT_EQ(at(workflow, {"spec", "entrypoint"}), "other");
  EXPECT_EQ(at(workflow, {"spec", "priority"}), "5");
  EXPECT_EQ(at(workflow, {"spec", "arguments", "parameters"}),
            R"([{"name":"a","value":"9"},{"name":"new","value":"x"},{"name":"b","value":"2"}])");
  EXPECT_FALSE(workflow.contains("status"));
}

TEST(Prepare, RefusesBadNames) {
  EXPECT_EQ(prepared("{}").error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(prepared(R"({"metadata": {"name": "Upper"}})").ok());
  EXPECT_FALSE(prepared(R"({"metadata": {"name": "-x"}})").ok());
  EXPECT_FALSE(prepared(R"({"metadata": {"name": "../x"}})").ok());
  EXPECT_FALSE(prepared(R"({"metadata": {"name": ")" + std::string(64, 'a') + "\"}}").ok());
  EXPECT_FALSE(prepared(R"({"kind": "Secret", "metadata": {"name": "x"}})").ok());
  EXPECT_EQ(
      at(prepared(R"({"metadata": {"generateName": ")" + std::string(80, 'a') + "\"}}").value(),
         {"metadata", "name"})
          .size(),
      63u);
}

TEST(Prepare, SameSeedSameObject) {
  const std::string_view text = R"({"metadata": {"generateName": "x-"}})";
  EXPECT_EQ(sorted(prepared(text).value()), sorted(prepared(text).value()));
}

// wf: dag with a (Succeeded) → b (Failed) → c (Omitted), and an exit handler.
json::object failed_dag() {
  return parse(R"j({"metadata": {"name": "wf", "namespace": "ci", "uid": "u", "labels":
      {"workflows.argoproj.io/phase": "Failed", "keep": "1",
       "workflows.argoproj.io/creator": "me"}},
    "spec": {"entrypoint": "m", "shutdown": "Stop"},
    "status": {"phase": "Failed", "message": "x", "startedAt": "2020-01-01T00:00:00Z",
      "finishedAt": "2020-01-01T00:01:00Z", "nodes": {
      "wf": {"id": "wf", "name": "wf", "displayName": "wf", "type": "DAG", "phase": "Failed",
             "children": ["wf-a"], "outboundNodes": ["wf-c"]},
      "wf-a": {"id": "wf-a", "name": "wf.a", "type": "Pod", "phase": "Succeeded",
               "boundaryID": "wf", "children": ["wf-b"], "podId": "pa",
               "outputs": {"result": "1"}},
      "wf-b": {"id": "wf-b", "name": "wf.b", "type": "Retry", "phase": "Failed",
               "boundaryID": "wf", "children": ["wf-b0", "wf-b1"]},
      "wf-b0": {"id": "wf-b0", "name": "wf.b(0)", "type": "Pod", "phase": "Failed",
                "boundaryID": "wf", "podId": "pb0"},
      "wf-b1": {"id": "wf-b1", "name": "wf.b(1)", "type": "Pod", "phase": "Failed",
                "boundaryID": "wf", "children": ["wf-c"], "podId": "pb1"},
      "wf-c": {"id": "wf-c", "name": "wf.c", "type": "Skipped", "phase": "Omitted",
               "boundaryID": "wf"},
      "wf-x": {
  "id" : "wf-x", "name" : "wf.onExit", "type" : "Pod", "phase" : "Succeeded", "podId": "px"
}
}
}
})j");
}

TEST(Retry, KeepsWhatSucceeded) {
  const Retried retried = retry(failed_dag(), {}, Time::from_seconds(0)).value();
  const json::object& workflow = retried.workflow;
  EXPECT_EQ(at(workflow, {"status", "phase"}), "(none)");
  EXPECT_EQ(at(workflow, {"status", "finishedAt"}), "(none)");
  EXPECT_EQ(at(workflow, {"status", "startedAt"}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(at(workflow, {"spec", "shutdown"}), "(none)");
  EXPECT_EQ(at(workflow, {"metadata", "labels"}),
            R"({"keep":"1","workflows.argoproj.io/creator":"me"})");
  EXPECT_EQ(at(workflow, {"metadata", "uid"}), "u");
  const json::object& nodes = find_path(workflow, {"status", "nodes"})->get_object();
  EXPECT_EQ(nodes.size(), 3u);
  EXPECT_EQ(at(nodes, {"wf", "phase"}), "Running");
  EXPECT_EQ(at(nodes, {"wf", "outboundNodes"}), "(none)");
  EXPECT_EQ(at(nodes, {"wf-b", "phase"}), "Running");
  EXPECT_EQ(at(nodes, {"wf-b", "children"}), "(none)");
  EXPECT_EQ(at(nodes, {"wf-a", "phase"}), "Succeeded");
  std::vector<std::string> pods;
  for (const PodId& pod : retried.removed_pods) pods.push_back(pod.value);
  EXPECT_EQ(pods, (std::vector<std::string>{"pb0", "pb1", "px"}));
}

TEST(Retry, FailedNodeWithSucceededFollowerStays) {
  json::object workflow = failed_dag();
  json::object& nodes = workflow["status"].as_object()["nodes"].as_object();
  nodes["wf-c"].as_object()["type"] = "Pod";
  nodes["wf-c"].as_object()["phase"] = "Succeeded";
  const json::object kept = retry(workflow, {}, Time{})->workflow;
  EXPECT_EQ(at(kept, {"status", "nodes", "wf-b1", "phase"}), "Failed");
  EXPECT_EQ(at(kept, {"status", "nodes", "wf-c", "phase"}), "Succeeded");
  EXPECT_EQ(at(kept, {"status", "nodes", "wf-b0"}), "(none)");
}

TEST(Retry, NeedsTheRightPhase) {
  json::object workflow = failed_dag();
  workflow["status"].as_object()["phase"] = "Running";
  EXPECT_EQ(retry(workflow, {}, Time{}).error().code, ErrorCode::kConflict);
  workflow["status"].as_object()["phase"] = "Succeeded";
  EXPECT_EQ(retry(workflow, {}, Time{}).error().code, ErrorCode::kConflict);
  RetryOptions options{.restart_successful = true, .node_field_selector = "name=wf.a"};
  const json::object again = retry(workflow, options, Time{})->workflow;
  const json::object& nodes = find_path(again, {"status", "nodes"})->get_object();
  EXPECT_FALSE(nodes.contains("wf-a"));
  EXPECT_EQ(at(nodes, {"wf", "phase"}), "Running");
  options.node_field_selector = "colour=red";
  EXPECT_EQ(retry(workflow, options, Time{}).error().code, ErrorCode::kInvalid);
}

TEST(Retry, ChangedParametersExpandLoopsAgain) {
  json::object workflow = parse(R"j({"metadata": {"name": "wf"}, "spec": {"arguments":
    {"parameters": [{"name": "p", "value": "1"}]}}, "status": {"phase": "Failed",
    "storedWorkflowTemplateSpec": {"arguments": {"parameters": [{"name": "p", "value": "1"}]}},
    "nodes": {
      "wf": {"id": "wf", "name": "wf", "type": "Steps", "phase": "Failed", "children": ["g"]},
      "g": {"id": "g", "name": "wf[0]", "type": "StepGroup", "phase": "Failed",
            "children": ["x", "y"]},
      "x": {"id": "x", "name": "wf[0].s(0:a)", "type": "Pod", "phase": "Succeeded"},
      "y": {
  "id" : "y", "name" : "wf[0].s(1:b)", "type" : "Pod", "phase" : "Failed"
}
}
}
})j");
  const json::object same = retry(workflow, {}, Time{})->workflow;
  EXPECT_EQ(at(same, {"status", "nodes", "x", "phase"}), "Succeeded");
  RetryOptions options;
  options.parameters = {{"p", "2"}};
  const json::object changed = retry(workflow, options, Time{})->workflow;
  EXPECT_EQ(find_path(changed, {"status", "nodes"})->get_object().size(), 2u);
  EXPECT_EQ(at(changed, {"spec", "arguments", "parameters"}), R"([{"name":"p","value":"2"}])");
  EXPECT_EQ(at(changed, {"status", "storedWorkflowTemplateSpec", "arguments", "parameters"}),
            R"([{"name":"p","value":"2"}])");
}

TEST(Resubmit, FreshObject) {
  const json::object again = resubmit(failed_dag(), {.parameters = {{"p", "1"}}}).value();
  EXPECT_EQ(at(again, {"metadata"}),
            R"({"generateName":"wf-","labels":{"keep":"1",)"
            R"("workflows.argoproj.io/resubmitted-from-workflow":"wf"},"namespace":"ci"})");
  EXPECT_EQ(at(again, {"spec"}),
            R"({"arguments":{"parameters":[{"name":"p","value":"1"}]},"entrypoint":"m"})");
  EXPECT_FALSE(again.contains("status"));
}

TEST(Resubmit, MemoizedTakesSucceededPodsOver) {
  const json::object again = resubmit(failed_dag(), {.memoized = true}).value();
  Random random(1);
  SubmitOptions options;
  options.name = "wf2";
  const json::object workflow = prepare(again, "ci", options, Time{}, random).value();
  const json::object& nodes = find_path(workflow, {"status", "nodes"})->get_object();
  EXPECT_EQ(nodes.size(), 3u);
  const std::string a = node_id("wf2", "wf2.a").value;
  EXPECT_EQ(at(nodes, {a, "type"}), "Skipped");
  EXPECT_EQ(at(nodes, {a, "message"}), "original pod: wf-a");
  EXPECT_EQ(at(nodes, {a, "name"}), "wf2.a");
  EXPECT_EQ(at(nodes, {a, "boundaryID"}), "wf2");
  EXPECT_EQ(at(nodes, {a, "outputs", "result"}), "1");
  EXPECT_EQ(at(nodes, {"wf2", "children"}), "[\"" + a + "\"]");
  EXPECT_EQ(at(workflow, {"status", "phase"}), "(none)");
  json::object running = failed_dag();
  running["status"].as_object()["phase"] = "Succeeded";
  EXPECT_EQ(resubmit(running, {.memoized = true}).error().code, ErrorCode::kConflict);
}

}  // namespace
}  // namespace slipway::workflow
