// Who a container runs as: the plan's ids, else the image's user, looked up in the image's own
// passwd and group files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

struct ContainerUser {
  uint32_t uid = 0, gid = 0;
  std::vector<uint32_t> groups;  // supplementary
  std::string home = "/";
};

// `root` is a descriptor of the container's root folder; links in it can not lead outside.
// `image_user` is "", "name", "uid", "name:group" or any mix. kNotFound when a name is not there;
// kInvalid when runAsNonRoot is asked and the user is root.
Result<ContainerUser> resolve_user(int root, const std::string& image_user,
                                   const pod::SecurityContext& security);

}  // namespace slipway::adapter
