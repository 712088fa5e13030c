// Mount name spaces of the nursery and its supervisors.
#pragma once

#include "base/result.h"

namespace slipway::adapter {

// A mount name space of this process's own that still sees what the machine mounts later. On hybrid
// cgroups the list of cgroup2 controllers is hidden in it, without which crun refuses to work
// (spec perf.md, section 1). kIo without the right to do so.
Status enter_mount_space();

}  // namespace slipway::adapter
