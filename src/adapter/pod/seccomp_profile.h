// Which system calls a container may make: what Docker's default profile allows, as our own table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace slipway::adapter {

// Allowed whatever the capabilities; one space between names. A few have conditions on their
// arguments instead (clone, personality, socket): see seccomp_filter.cc.
std::string_view always_allowed_calls();

struct CapabilityCalls {
  std::string_view capability;  // without CAP_
  std::string_view calls;
};
// Allowed to those who have the capability.
const std::vector<CapabilityCalls>& calls_by_capability();

}  // namespace slipway::adapter
