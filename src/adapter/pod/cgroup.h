// The control groups of pods, on cgroup v1, v2 and the hybrid of both.
//
// The OCI runtime makes a container's groups, at /slipway/<pod>/<container>, and sets its limits.
// Here they are looked at and ended.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"

namespace slipway::adapter {

std::string pod_cgroup(const PodId& id);
std::string container_cgroup(const PodId& id, const std::string& container);

// How often the kernel ended a process of this group for lack of memory.
int64_t out_of_memory_kills(const std::string& cgroup);

// SIGKILL to every process in the group and the groups below it, until none is left.
Status kill_cgroup(const std::string& cgroup);

// kill_cgroup(), then the groups themselves are removed from every hierarchy. Absent is success.
Status destroy_cgroup(const std::string& cgroup);

// The mount points of the hierarchies: one for v2, several for v1 and hybrid.
const std::vector<std::string>& cgroup_hierarchies();
bool cgroup_is_unified();

}  // namespace slipway::adapter
