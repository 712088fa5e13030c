#include "core/pod/resource_use.h"

#include <algorithm>

namespace slipway::pod {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMemoryUnit = 100 << 20;
constexpr int64_t kCpuMillis = 100;

int64_t either(int64_t given, int64_t otherwise) { return given > 0 ? given : otherwise; }

// Kubernetes knows the times of containers to the second.
int64_t age_s(const ContainerStatus& status) {
  if (status.state != ContainerStatus::State::kTerminated || status.started_at.is_zero()) return 0;
  return std::max<int64_t>(0, status.finished_at.ns / kSecond - status.started_at.ns / kSecond);
}

}  // namespace

ResourcesDuration resources_duration(const PodPlan& plan,
                                     const std::vector<ContainerStatus>& statuses) {
  ResourcesDuration sum;
  for (const Container& container : plan.containers) {
    const auto status = std::find_if(statuses.begin(), statuses.end(),
                                     [&](const auto& one) { return one.name == container.name; });
    if (status == statuses.end()) continue;
    const int64_t seconds = age_s(*status);
    sum.cpu_s += either(container.resources.cpu_request_millis, kCpuMillis) * seconds / 1000;
    sum.memory_s +=
        either(container.resources.memory_request_bytes, kMemoryUnit) * seconds / kMemoryUnit;
  }
  return sum;
}

}  // namespace slipway::pod
