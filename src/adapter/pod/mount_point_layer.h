// The folders and files that every container has mounts at, as a layer below those of its image.
//
// A small image lacks most of them. Made in the container's writable layer, each is several changes
// of the disk's file system, and as many when the container goes: with eight mounts that was a
// fifth of a container's processor time.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace slipway::adapter {

// The folder of the layer for an image of these layers (lowest first), made below `folder` when it
// is not there. Any number of callers may make it at once. Never changed afterwards.
Result<std::string> mount_point_layer(const std::string& folder,
                                      const std::vector<std::string>& layers);

}  // namespace slipway::adapter
