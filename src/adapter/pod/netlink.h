// The few rtnetlink requests a pod's network needs.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace slipway::adapter::netlink {

// Each acts in the network namespace of the calling thread. Errors carry the kernel's word.
Status link_up(const std::string& name);
// A veth pair: `host` stays here, on `bridge`; the other end becomes eth0 of the namespace
// `peer_ns`.
Status add_veth(const std::string& host, int peer_ns);
Status set_master(const std::string& name, const std::string& bridge);
// `address` in host byte order.
Status add_address(const std::string& name, uint32_t address, int prefix);
Status add_default_route(uint32_t gateway);

}  // namespace slipway::adapter::netlink
