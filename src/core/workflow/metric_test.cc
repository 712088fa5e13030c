#include "core/workflow/metric.h"

#include "core/workflow/story.h"

namespace slipway::workflow {
namespace {

// The samples of a workflow with `metrics`, whose only pod ends in `end` after 90 seconds; with
// those from its start when `from_start`.
std::vector<Sample> samples(std::string_view metrics, bool of_spec = false,
                            pod::PodReport::Phase end = pod::PodReport::Phase::kSucceeded,
                            std::string* condition = nullptr, bool from_start = false) {
  std::string text =
      "spec:\n  entrypoint: main\n  arguments: {parameters: [{name: p, value: v}]}\n";
  if (of_spec) text += "  metrics: {prometheus: [" + std::string(metrics) + "]}\n";
  text += "  templates:\n  - name: main\n    inputs: {parameters: [{name: p}]}\n";
  if (!of_spec) text += "    metrics: {prometheus: [" + std::string(metrics) + "]}\n";
  text += "    container: {image: busybox, command: ['true']}\n";
  Story story(text);
  std::vector<Sample> all;
  const auto advanced = [&](const Happening& happening) {
    const Delta delta = advance(*story.run, happening, story.world());
    std::vector<WantChange> changes;
    story.run->apply(delta, changes);
    all.insert(all.end(), delta.samples.begin(), delta.samples.end());
  };
  advanced({});
  if (!from_start) all.clear();
  story.now = story.now + Duration::seconds(90);
  const bool good = end == pod::PodReport::Phase::kSucceeded;
  advanced({.reports = {story.report(*story.node("wf"), end, good ? 0 : 3, good ? "" : "no")}});
  if (condition != nullptr) *condition = print_json(story.run->status());
  return all;
}

constexpr std::string_view kHead =
    "name: m, help: h, labels: [{key: p, value: '{{inputs.parameters.p}}'}]";

std::string metric(std::string_view rest) {
  return "{" + std::string(kHead) + ", " + std::string(rest) + "}";
}

TEST(Metric, ACounterGaugeAndHistogramOfATemplate) {
  auto got = samples(metric("counter: {value: '1'}"));
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].kind, Sample::Kind::kCount);
  EXPECT_EQ(got[0].value, 1);
  EXPECT_EQ(got[0].labels, (std::vector<std::pair<std::string, std::string>>{{"p", "v"}}));

  got = samples(metric("gauge: {value: '{{duration}}', operation: Sub}"));
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].kind, Sample::Kind::kAdd);
  EXPECT_EQ(got[0].value, -90);

  got = samples(metric("histogram: {value: '{{duration}}', buckets: [60, 10.5]}"));
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].value, 90);
  EXPECT_EQ(got[0].buckets, (std::vector<double>{10.5, 60}));
}

TEST(Metric, WhenDecides) {
  const std::string failed = metric("when: '{{status}} == Failed', counter: {value: '1'}");
  EXPECT_TRUE(samples(failed).empty());
  EXPECT_EQ(samples(failed, false, pod::PodReport::Phase::kFailed).size(), 1u);
  const std::string code = metric("when: '{{exitCode}} == 3', counter: {value: '1'}");
  EXPECT_EQ(samples(code, false, pod::PodReport::Phase::kFailed).size(), 1u);
}

TEST(Metric, ARealtimeGaugeRunsUntilTheEnd) {
  const auto got = samples(metric("gauge: {realtime: true, value: '{{duration}}'}"), false,
                           pod::PodReport::Phase::kSucceeded, nullptr, true);
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0].kind, Sample::Kind::kRunning);
  EXPECT_EQ(got[1].kind, Sample::Kind::kSet);
  EXPECT_EQ(got[1].value, 90);
}

TEST(Metric, TheWorkflowHasItsOwn) {
  const auto got = samples(
      "{name: w, help: h, labels: [{key: s, value: '{{workflow.status}}'}], "
      "gauge: {realtime: false, value: '{{workflow.duration}}'}}",
      true);
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].value, 90);
  EXPECT_EQ(got[0].labels[0].second, "Succeeded");
}

TEST(Metric, WhatCanNotBeToldIsACondition) {
  std::string status;
  EXPECT_TRUE(
      samples(metric("gauge: {value: soon}"), false, pod::PodReport::Phase::kSucceeded, &status)
          .empty());
  EXPECT_NE(status.find("metric 'm': gauge value 'soon' is no number"), std::string::npos)
      << status;
  samples("{name: '{{workflow.name}}-b', help: h, counter: {value: '1'}}", false,
          pod::PodReport::Phase::kSucceeded, &status);
  EXPECT_NE(status.find("MetricsError"), std::string::npos);
  EXPECT_NE(status.find("letters, digits and _ only"), std::string::npos);
}

// Argo emits for each attempt that another one follows, and for the Retry node at its end.
TEST(Metric, ARetriedStepIsCountedOnceAnAttempt) {
  Story story(R"(spec:
  entrypoint: main
  templates:
  - name: main
    retryStrategy: {limit: 1}
    metrics: {prometheus: [
      {name: ends, help: h, labels: [{key: s, value: "{{status}}"}], counter: {value: "1"}},
      {name: age, help: h, gauge: {realtime: true, value: "{{duration}}"}}]}
    container: {image: busybox, command: ['true']}
)");
  std::vector<std::string> told;
  Time since;
  const auto advanced = [&](const Happening& happening) {
    const Delta delta = advance(*story.run, happening, story.world());
    std::vector<WantChange> changes;
    story.run->apply(delta, changes);
    for (const Sample& sample : delta.samples) {
      told.push_back(sample.name + (sample.labels.empty() ? "" : " " + sample.labels[0].second));
      if (sample.kind == Sample::Kind::kRunning) since = sample.since;
    }
  };
  const Time start = story.now;
  advanced({});
  EXPECT_EQ(told, (std::vector<std::string>{"age"}));
  EXPECT_EQ(since, start);
  story.now = story.now + Duration::seconds(5);
  advanced(
      {.reports = {story.report(*story.node("wf(0)"), pod::PodReport::Phase::kFailed, 3, "")}});
  EXPECT_EQ(told, (std::vector<std::string>{"age", "ends Failed", "age"}));
  told.clear();
  advanced(
      {.reports = {story.report(*story.node("wf(1)"), pod::PodReport::Phase::kSucceeded, 0, "")}});
  EXPECT_EQ(told, (std::vector<std::string>{"ends Succeeded", "age"}));
  EXPECT_EQ(since, start) << "later attempts do not begin anew";
}

}  // namespace
}  // namespace slipway::workflow
