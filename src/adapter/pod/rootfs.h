// A container's root file system: the image's layers below, a writable layer of its own above.
#pragma once

#include <string>
#include <vector>

#include "adapter/archive/fd.h"

namespace slipway::adapter {

// Mounts the layers (lowest first) with `upper`/u as the writable layer (made, with `upper`/w) at
// `target`, which is made. In the calling process's mount name space; gone with it. kIo, kLimit
// when there are more layers than one mount can take.
Status mount_rootfs(const std::vector<std::string>& layers, const std::string& upper,
                    const std::string& target);

// A tmpfs that only this mount name space sees, mode 0700; `size_bytes` 0: the kernel's default.
Status mount_memory(const std::string& target, int64_t size_bytes, unsigned mode);

// Shows `source` (a file, folder or socket) at `path` below the folder `root`, over a target that
// is made of the same sort. Links in `path` stay below `root`. The mount is in the calling
// process's name space, so reading below `root` later sees through it.
Status bind_below(int root, const std::string& path, int source, bool read_only);

}  // namespace slipway::adapter
