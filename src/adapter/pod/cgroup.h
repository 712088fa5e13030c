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

// The hierarchies below one folder. Groups are named as "/slipway/...".
class CgroupTree {
 public:
  // `root` must be what it is for as long as this lives: its hierarchies are looked at once.
  explicit CgroupTree(std::string root);

  bool unified() const { return unified_; }
  // Their mount points: one for v2, several for v1 and hybrid.
  const std::vector<std::string>& hierarchies() const { return hierarchies_; }

  // How often the kernel ended a process of this group for lack of memory.
  int64_t out_of_memory_kills(const std::string& cgroup) const;

  // SIGKILL to every process in the group and the groups below it, until none is left.
  Status kill(const std::string& cgroup) const;

  // kill(), then the groups themselves are removed from every hierarchy. Absent is success.
  Status destroy(const std::string& cgroup) const;

 private:
  std::string root_;
  bool unified_;
  std::vector<std::string> hierarchies_;
};

// At /sys/fs/cgroup.
const CgroupTree& machine_cgroups();

}  // namespace slipway::adapter
