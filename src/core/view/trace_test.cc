#include "core/view/trace.h"

#include <gtest/gtest.h>

#include <map>

namespace slipway::views {
namespace {

constexpr const char* kFinished = R"json({
  "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
  "metadata": {"name": "build-x7k2p", "generateName": "build-", "namespace": "ci",
               "uid": "0f4f1b7e-2a51-4c6b-9a43-0d1c2b3a4f5e",
               "creationTimestamp": "2026-01-02T03:04:05Z",
               "annotations": {"slipway.dev/event": "e21e72ef"}},
  "spec": {"entrypoint": "main"},
  "status": {
    "phase": "Failed", "message": "child failed",
    "startedAt": "2026-01-02T03:04:05Z", "finishedAt": "2026-01-02T03:04:25Z",
    "nodes": {
      "build-x7k2p": {"id": "build-x7k2p", "name": "build-x7k2p", "displayName": "build-x7k2p",
        "type": "DAG", "phase": "Failed", "templateName": "main",
        "startedAt": "2026-01-02T03:04:05Z", "finishedAt": "2026-01-02T03:04:20Z",
        "children": ["r"]},
      "r": {"id": "r", "name": "build-x7k2p.test", "displayName": "test", "type": "Retry",
        "phase": "Failed", "templateName": "test", "boundaryID": "build-x7k2p",
        "startedAt": "2026-01-02T03:04:06Z", "finishedAt": "2026-01-02T03:04:20Z",
        "children": ["a0", "next"]},
      "a0": {"id": "a0", "name": "build-x7k2p.test(0)", "displayName": "test(0)", "type": "Pod",
        "phase": "Failed", "message": "main: Error (exit code 3)", "templateName": "test",
        "boundaryID": "build-x7k2p", "outputs": {"exitCode": "3"},
        "startedAt": "2026-01-02T03:04:07Z", "finishedAt": "2026-01-02T03:04:19Z"},
      "next": {"id": "next", "name": "build-x7k2p.test-report", "displayName": "test-report",
        "type": "Skipped", "phase": "Omitted", "templateName": "report",
        "boundaryID": "build-x7k2p",
        "startedAt": "2026-01-02T03:04:20Z", "finishedAt": "2026-01-02T03:04:20Z"}
    }}})json";

class TraceTest : public testing::Test {
 protected:
  TraceTest() : run_(WorkflowUid("0f4f1b7e-2a51-4c6b-9a43-0d1c2b3a4f5e"), kFinished) {
    for (const json::value& span : workflow_spans(run_)) {
      spans_[get_string(span.get_object(), "name")] = span.get_object();
    }
  }
  std::string id(const std::string& span) { return get_string(spans_[span], "spanId"); }
  std::string parent(const std::string& span) { return get_string(spans_[span], "parentSpanId"); }
  std::string attribute(const std::string& span, std::string_view key) {
    for (const json::value& item : list_of(spans_[span], "attributes")) {
      const json::object& one = item.get_object();
      if (get_string(one, "key") == key) return get_string(object_of(one, "value"), "stringValue");
    }
    return "absent";
  }

  workflow::Run run_;
  std::map<std::string, json::object> spans_;
};

TEST_F(TraceTest, OneSpanForTheWorkflowAndOneForEachNode) {
  ASSERT_EQ(spans_.size(), 5u);
  const json::object& root = spans_["RUN build"];
  EXPECT_EQ(get_string(root, "traceId"), "0f4f1b7e2a514c6b9a430d1c2b3a4f5e");
  EXPECT_EQ(parent("RUN build"), "");
  EXPECT_EQ(get_string(root, "startTimeUnixNano"), "1767323045000000000");
  EXPECT_EQ(get_string(root, "endTimeUnixNano"), "1767323065000000000");
  EXPECT_EQ(get_int(object_of(root, "status"), "code"), 2);
  EXPECT_EQ(attribute("RUN build", "cicd.pipeline.result"), "failure");
  EXPECT_EQ(attribute("RUN build", "cicd.pipeline.name"), "build");
  EXPECT_EQ(attribute("RUN build", "slipway.event.id"), "e21e72ef");
  for (const auto& [name, span] : spans_) {
    EXPECT_EQ(get_string(span, "traceId"), get_string(root, "traceId")) << name;
    EXPECT_EQ(get_string(span, "spanId").size(), 16u) << name;
  }
}

TEST_F(TraceTest, AttemptsAreBelowTheirRetryAndTheRestBelowWhatIsAroundIt) {
  EXPECT_EQ(parent("build-x7k2p"), id("RUN build"));
  EXPECT_EQ(parent("test"), id("build-x7k2p"));
  EXPECT_EQ(parent("test(0)"), id("test"));
  EXPECT_EQ(parent("test-report"), id("build-x7k2p"));
}

TEST_F(TraceTest, SaysWhatBecameOfANode) {
  EXPECT_EQ(attribute("test(0)", "cicd.pipeline.task.run.result"), "failure");
  EXPECT_EQ(attribute("test(0)", "process.exit.code"), "3");
  EXPECT_EQ(get_string(object_of(spans_["test(0)"], "status"), "message"),
            "main: Error (exit code 3)");
  EXPECT_EQ(attribute("test-report", "cicd.pipeline.task.run.result"), "skip");
  EXPECT_EQ(get_int(object_of(spans_["test-report"], "status"), "code"), 1);
}

TEST_F(TraceTest, TheRequestNamesWhoSendsIt) {
  const json::object request =
      trace_request({trace_attribute("service.name", "slipway")}, workflow_spans(run_));
  const std::string text = print_json(request);
  EXPECT_TRUE(text.starts_with(
      R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"slipway"}}]},"scopeSpans":[{"scope":{"name":"slipway",)"))
      << text.substr(0, 300);
}

}  // namespace
}  // namespace slipway::views
