// A container as an OCI runtime bundle: config.json. Pure but for the machine's own facts (devices,
// rlimits, cgroup version), which are arguments.
#pragma once

#include <string>
#include <vector>

#include "adapter/pod/image_user.h"
#include "base/json.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

struct BundleDevice {
  std::string path;
  char type = 'c';
  int64_t major = 0, minor = 0;
  uint32_t mode = 0666, uid = 0, gid = 0;
};

struct BundleMount {  // where the runtime itself must mount, below /dev, /proc or /sys
  std::string path, source;
  bool read_only = false;
};

struct BundleFacts {
  std::string rootfs;
  std::string files;    // folder with hosts, hostname, resolv.conf
  std::string shm;      // folder shared by the pod as /dev/shm; empty: one of its own
  std::string network;  // path of the name space; empty: this machine's
  std::string pids;     // path of the pod's process name space; empty: one of its own
  std::string cgroup;   // "/slipway/..."
  bool unified_cgroup = false;
  std::vector<std::string> argv, env;
  std::string working_dir = "/";
  ContainerUser user;
  std::vector<std::string> capabilities;  // with CAP_
  std::string seccomp_filter;             // compiled, base64; or:
  json::object seccomp_profile;
  std::vector<BundleDevice> devices;  // of this machine, for privileged containers
  std::vector<BundleMount> mounts;
  uint64_t open_files_hard = 1024 * 1024;
  int64_t pids_limit = 0;
  pod::Resources resources;  // defaults applied
};

json::object make_bundle(const pod::PodPlan& plan, const pod::Container& container,
                         const BundleFacts& facts);

}  // namespace slipway::adapter
