#include <fmt/format.h>

#include "core/engine/engine_fixture.h"
#include "core/workflow/globals.h"

namespace slipway::engine {
namespace {

class BindingTest : public EngineFixture {
 protected:
  void SetUp() override {
    put(R"(apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: greet}
spec:
  entrypoint: main
  arguments: {parameters: [{name: message}]}
  templates:
  - name: main
    inputs: {parameters: [{name: message, value: "{{workflow.parameters.message}}"}]}
    container: {image: busybox, command: ['true']}
)");
  }
  void bind(std::string_view selector, std::string_view metadata = "{}",
            std::string_view message = "payload.message") {
    put(fmt::format(R"(apiVersion: argoproj.io/v1alpha1
kind: WorkflowEventBinding
metadata: {{name: b}}
spec:
  event: {{selector: '{}'}}
  submit:
    workflowTemplateRef: {{name: greet}}
    metadata: {}
    arguments: {{parameters: [{{name: message, valueFrom: {{event: '{}'}}}}]}}
)",
                    selector, metadata, message));
  }
  Reply post(std::string body, std::string discriminator = "hello") {
    ReceiveBound event{"ci", std::move(discriminator), {}};
    event.request.method = "POST";
    event.request.headers = {{"X-Kind", "push"}, {"Authorization", "Bearer secret"}};
    event.request.body = std::move(body);
    return run(std::move(event));
  }
  const workflow::Run* only_run() const {
    const workflow::Run* found = nullptr;
    engine_.for_each_run([&](const workflow::Run& run) { found = &run; });
    return engine_.run_count() == 1 ? found : nullptr;
  }
};

TEST_F(BindingTest, ASelectedEventBecomesAWorkflow) {
  bind(
      "payload.message != \"\" && metadata[\"x-kind\"] == [\"push\"] && discriminator == "
      "\"hello\"",
      R"({generateName: '"greet-" + payload.who + "-"', labels: {who: payload.who}})");
  const Reply reply = post(R"({"message":"hi","who":"ann"})");
  EXPECT_FALSE(reply.error.has_value()) << reply.message;
  ASSERT_NE(only_run(), nullptr);
  EXPECT_TRUE(only_run()->name().starts_with("greet-ann-"));
  const json::object& metadata = only_run()->metadata();
  EXPECT_EQ(get_string(*find_object(metadata, "labels"), "who"), "ann");
  EXPECT_EQ(
      get_string(*find_object(metadata, "labels"), "workflows.argoproj.io/workflow-event-binding"),
      "b");
  EXPECT_EQ(get_string(*find_object(metadata, "annotations"), workflow::kAnnotationUntrusted),
            R"(["workflow.parameters.message"])");
  work();
}

TEST_F(BindingTest, WhatIsNotSelectedMakesNothing) {
  bind("payload.message == \"other\"");
  EXPECT_FALSE(post(R"({"message":"hi"})").error.has_value());
  EXPECT_EQ(engine_.run_count(), 0u);
  bind("metadata[\"authorization\"] != nil");
  post(R"({"message":"hi"})");
  EXPECT_EQ(engine_.run_count(), 0u) << "credentials are not offered to selectors";
}

TEST_F(BindingTest, RefusesWhatIsNoJson) {
  bind("true");
  const Reply reply = post("{");
  ASSERT_TRUE(reply.error.has_value());
  EXPECT_EQ(reply.http_status, 400);
  EXPECT_EQ(engine_.run_count(), 0u);
}

TEST_F(BindingTest, AnArgumentThatFailsIsInTheVerdictAndStopsNoOther) {
  bind("true", "{}", "payload.message.deeper.still");
  ReceiveBound event{"ci", "hello", {}};
  event.request.body = R"({"message":null})";
  const Decision decision = engine_.decide({now_, 7, event});
  ASSERT_EQ(decision.events.size(), 1u);
  const std::string verdicts =
      print_json(json::value(std::get<EventReceived>(decision.events[0].body).verdicts));
  EXPECT_NE(verdicts.find("argument 'message'"), std::string::npos) << verdicts;
}

TEST_F(BindingTest, AReplayIsOfferedAgain) {
  bind("true");
  post(R"({"message":"hi"})");
  ReplayEvent again{EventId("e"),
                    "ci",
                    "",
                    "hello",
                    kBoundEventType,
                    parse_json(R"({"payload":{"message":"hi"},"metadata":{}})").value(),
                    "hello"};
  EXPECT_FALSE(run(again).error.has_value());
  EXPECT_EQ(engine_.run_count(), 2u);
}

}  // namespace
}  // namespace slipway::engine
