// The folders that an image declares as volumes (VOLUME in a Dockerfile).
#pragma once

#include <string>

#include "adapter/image/image_store.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

// Each becomes a folder below `store`, with what the image has there, mounted in the tree `root`;
// one that the plan mounts something at is left to it. So a database does not copy up its files,
// and a Docker daemon finds a file system that its overlays can stand on.
Status mount_image_volumes(const ImageConfig& image, const pod::Container& plan, int root,
                           const std::string& store);

}  // namespace slipway::adapter
