// config.json of one container: a pure function of what it is given.
#pragma once

#include <string>
#include <vector>

#include "adapter/pod/user.h"
#include "base/json.h"

namespace slipway::pod {
struct Container;
}

namespace slipway::adapter {

struct ImageConfig;

struct BindMount {
  std::string source, target;
  bool read_only = false;
};

struct OciInput {
  const pod::Container& container;
  const ImageConfig& image;
  ContainerUser user;
  std::vector<std::string> command;  // complete: entrypoint, command, args, script
  std::string root;                  // the merged folder
  std::vector<BindMount> mounts;
  std::string hostname;
  std::string network_ns;  // path of the pod's; empty: the host's
  std::string cgroup;      // "/slipway/<pod>/<container>"
  bool host_pid = false, host_ipc = false;
  std::string ipc_ns, uts_ns;         // paths of the pod's, so that its containers share them
  std::vector<std::string> bounding;  // capabilities that this process can give at all
  std::string seccomp_bpf;            // for crun; empty: `seccomp` is used
  json::object seccomp;
  int64_t pids_limit = 0;
  uint64_t open_files = 1024;  // this process's own hard limit
};

json::object oci_spec(const OciInput& input);

// "CAP_CHOWN" ... of this process's bounding set: a container never gets more (spec ci.md, section
// 4).
std::vector<std::string> bounding_capabilities();

}  // namespace slipway::adapter
