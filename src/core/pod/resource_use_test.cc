#include "core/pod/resource_use.h"

#include <gtest/gtest.h>

namespace slipway::pod {
namespace {

ContainerStatus ended(const char* name, int64_t from_ms, int64_t to_ms) {
  ContainerStatus status;
  status.name = name;
  status.state = ContainerStatus::State::kTerminated;
  status.started_at = Time{from_ms * 1'000'000};
  status.finished_at = Time{to_ms * 1'000'000};
  return status;
}

// Argo, util/resource/duration_test.go: one minute without requests is 6 s of a cpu.
TEST(ResourceUse, IsRequestsByWholeSeconds) {
  PodPlan plan;
  plan.containers.resize(2);
  plan.containers[0].name = "main";
  plan.containers[1].name = "side";
  EXPECT_EQ(resources_duration(plan, {ended("main", 1000, 61'000)}), (ResourcesDuration{6, 60}));
  plan.containers[0].resources = {.cpu_request_millis = 2000, .memory_request_bytes = 512 << 20};
  EXPECT_EQ(resources_duration(plan, {ended("main", 1900, 11'100)}), (ResourcesDuration{20, 51}));
  EXPECT_EQ(resources_duration(plan, {ended("main", 1000, 2000), ended("side", 1000, 21'000)}),
            (ResourcesDuration{4, 25}));
  ContainerStatus waits;
  waits.name = "main";
  EXPECT_EQ(resources_duration(plan, {waits, ended("other", 0, 9000)}), ResourcesDuration{});
}

}  // namespace
}  // namespace slipway::pod
