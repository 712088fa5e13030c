#include "server/metric.h"

#include <gtest/gtest.h>

namespace slipway::server {
namespace {

using workflow::Sample;

Sample sample(Sample::Kind kind, std::string name, double value,
              std::vector<std::pair<std::string, std::string>> labels = {}) {
  Sample made;
  made.kind = kind;
  made.name = std::move(name);
  made.help = "what it is";
  made.value = value;
  made.labels = std::move(labels);
  return made;
}

TEST(MetricRegistry, PrintsWhatPrometheusReads) {
  MetricRegistry registry;
  registry.add({sample(Sample::Kind::kCount, "runs", 1, {{"who", "a\"b"}}),
                sample(Sample::Kind::kCount, "runs", 2, {{"who", "a\"b"}}),
                sample(Sample::Kind::kSet, "size", 2.5), sample(Sample::Kind::kAdd, "size", -1)});
  EXPECT_EQ(registry.text({}),
            "# HELP argo_workflows_runs what it is\n# TYPE argo_workflows_runs counter\n"
            "argo_workflows_runs{who=\"a\\\"b\"} 3\n"
            "# HELP argo_workflows_size what it is\n# TYPE argo_workflows_size gauge\n"
            "argo_workflows_size 1.5\n");
}

TEST(MetricRegistry, CountsAHistogramInBuckets) {
  MetricRegistry registry;
  Sample one = sample(Sample::Kind::kObserve, "took", 3, {{"k", "v"}});
  one.buckets = {1, 5};
  Sample two = one;
  two.value = 0.5;
  registry.add({one, two});
  const std::string text = registry.text({});
  EXPECT_NE(text.find("argo_workflows_took_bucket{k=\"v\",le=\"1\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("argo_workflows_took_bucket{k=\"v\",le=\"5\"} 2\n"), std::string::npos);
  EXPECT_NE(text.find("argo_workflows_took_bucket{k=\"v\",le=\"+Inf\"} 2\n"), std::string::npos);
  EXPECT_NE(text.find("argo_workflows_took_sum{k=\"v\"} 3.5\n"), std::string::npos);
}

TEST(MetricRegistry, ARealtimeGaugeGrowsUntilItIsSet) {
  MetricRegistry registry;
  Sample running = sample(Sample::Kind::kRunning, "age", 0);
  running.since = Time::from_seconds(100);
  registry.add({running});
  EXPECT_NE(registry.text(Time::from_seconds(107)).find("argo_workflows_age 7\n"),
            std::string::npos);
  registry.add({sample(Sample::Kind::kSet, "age", 9)});
  EXPECT_NE(registry.text(Time::from_seconds(500)).find("argo_workflows_age 9\n"),
            std::string::npos);
}

TEST(MetricRegistry, ANameKeepsItsFirstType) {
  MetricRegistry registry;
  registry.add({sample(Sample::Kind::kSet, "x", 1), sample(Sample::Kind::kCount, "x", 5)});
  EXPECT_NE(registry.text({}).find("argo_workflows_x 1\n"), std::string::npos);
}

}  // namespace
}  // namespace slipway::server
