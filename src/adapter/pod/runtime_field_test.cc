#include "adapter/pod/runtime_field.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace slipway::adapter {
namespace {

TEST(RuntimeField, AmountsAreInUnitsAndRoundedUp) {
  pod::PodPlan plan;
  plan.containers.emplace_back();
  plan.containers[0].env = {{.name = "CPU", .runtime_field = "limits.cpu/1000"},
                            {.name = "MILLIS", .runtime_field = "limits.cpu/1"},
                            {.name = "MEMORY", .runtime_field = "limits.memory/1000"},
                            {.name = "MIB", .runtime_field = "limits.memory/1048576000"},
                            {.name = "JOBS", .value = "-j$(CPU)"}};
  plan.volumes = {{.name = "podinfo", .files = {{.path = "cpu", .runtime_field = "limits.cpu/1"}}}};
  const int64_t memory = (int64_t{3} << 40) + 1;
  fill_runtime_fields(plan, "", {.cpu_millis = 2500, .memory_bytes = memory}, [] { return ""; });
  std::vector<std::string> values;
  for (const pod::EnvVar& variable : plan.containers[0].env) values.push_back(variable.value);
  EXPECT_EQ(values,
            (std::vector<std::string>{"3", "2500", std::to_string(memory), "3145729", "-j3"}));
  EXPECT_EQ(plan.volumes[0].files[0].content, "2500");
}

TEST(RuntimeField, AContainerMayHaveWhatTheServerGivesOrElseTheMachine) {
  pod::PodPlan plan;
  RuntimeOptions options;
  EXPECT_EQ(unlimited_capacity(plan, options).cpu_millis, ::sysconf(_SC_NPROCESSORS_ONLN) * 1000);
  EXPECT_GT(unlimited_capacity(plan, options).memory_bytes, int64_t{64} << 20);
  options.default_cpu_limit_millis = 300;
  options.default_memory_limit_bytes = 5000;
  EXPECT_EQ(unlimited_capacity(plan, options).cpu_millis, 300);
  EXPECT_EQ(unlimited_capacity(plan, options).memory_bytes, 5000);
  plan.runtime = pod::RuntimeKind::kHost;  // where nothing is limited
  EXPECT_GE(unlimited_capacity(plan, options).cpu_millis, 1000);
}

}  // namespace
}  // namespace slipway::adapter
