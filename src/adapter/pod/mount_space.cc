#include "adapter/pod/mount_space.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "adapter/archive/fd.h"

namespace slipway::adapter {

Status enter_mount_space() {
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount("none", "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
    return system_error("cannot make a mount name space (containers need root)");
  }
  constexpr const char* kControllers = "/sys/fs/cgroup/unified/cgroup.controllers";
  if (::access(kControllers, F_OK) == 0 &&
      ::mount("/dev/null", kControllers, nullptr, MS_BIND, nullptr) != 0) {
    return system_error("cannot hide the cgroup2 controllers of hybrid cgroups from crun");
  }
  return {};
}

}  // namespace slipway::adapter
