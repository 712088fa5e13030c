// The containers of Argo's executor, which a manifest may patch and which no pod has here.
#pragma once

#include <string_view>

namespace slipway::manifest {

inline bool is_executor_name(std::string_view name) {
  return name == "wait" || name == "init" || name == "supervisor";
}

}  // namespace slipway::manifest
