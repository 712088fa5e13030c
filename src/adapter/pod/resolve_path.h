// Paths inside a container, seen from outside.
#pragma once

#include <string>

#include "base/result.h"

namespace slipway::adapter {

// The host path of `path` in the tree at `root`, with every symbolic link resolved as the container
// would see it, so that a link can never lead out of `root`. kNotFound when it does not exist;
// kInvalid when links turn in a circle.
Result<std::string> resolve_in_root(const std::string& root, const std::string& path);

}  // namespace slipway::adapter
