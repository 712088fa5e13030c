// The few things asked of the kernel's routing sockets: links, addresses and routes.
#pragma once

#include <cstdint>
#include <string>

#include "adapter/archive/fd.h"
#include "base/result.h"

namespace slipway::adapter {

// IPv4 addresses are in host byte order.
class Netlink {
 public:
  // In the network name space of the calling thread, where it stays. kIo.
  static Result<Netlink> open();

  // kNotFound.
  Result<uint32_t> index_of(const std::string& link);
  Status add_bridge(const std::string& name);  // kAlreadyExists
  // One end here, up, in `bridge`; the other is `eth0`, down, in the name space `space`.
  // kAlreadyExists when the name is taken.
  Status add_veth(const std::string& name, uint32_t bridge, int space, uint32_t mtu);
  Status set_up(uint32_t link);
  Status add_address(uint32_t link, uint32_t address, int prefix);  // present is success
  Status add_default_route(uint32_t gateway);

 private:
  Status keep_without_ipv6(uint32_t link);
  Status ask(std::string& request);

  Fd socket_;
  uint32_t sequence_ = 0;
};

}  // namespace slipway::adapter
