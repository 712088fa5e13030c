// Who a container runs as: names and numbers of the image's own passwd and group files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace slipway::pod {
struct SecurityContext;
}

namespace slipway::adapter {

struct ContainerUser {
  int64_t uid = 0, gid = 0;
  std::vector<int64_t> groups;
  std::string home = "/";
};

// `image_user` is the image's USER: "", "name", "uid", "name:group", "uid:gid". The security
// context wins over it. kInvalid when a name is not in the image, or when runAsNonRoot meets uid 0
// (the text is Kubernetes').
Result<ContainerUser> resolve_user(const std::string& root, const std::string& image_user,
                                   const pod::SecurityContext& security);

}  // namespace slipway::adapter
