// Network name spaces for pods, a few of them ready before they are needed.
//
// Each has a loopback device and `eth0`, one end of a pair whose other end is in the bridge. The
// name of that other end holds the pod's address, so the kernel's own table of names is the table
// of addresses in use, over all nurseries of the machine; a name space that nothing uses any more
// takes its pair and with it its address away.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapter/archive/fd.h"
#include "adapter/pod/runtime_options.h"
#include "base/result.h"

namespace slipway::adapter {

struct PodNetwork {
  Fd space;
  std::string ip;  // empty: loopback alone
};

class NetworkPool {
 public:
  Result<PodNetwork> take(const RuntimeOptions& options);
  // Makes one more ready; false when there are enough, or none can be made.
  bool fill_one(const RuntimeOptions& options);

 private:
  Result<PodNetwork> make(const RuntimeOptions& options);
  Status prepare_bridge(const RuntimeOptions& options);

  std::vector<PodNetwork> ready_;
  bool bridge_ready_ = false;
  uint32_t bridge_ = 0, subnet_ = 0, next_ = 0, mtu_ = 1500;
  int prefix_ = 16;
};

// "10.89.0.0/16" as its first address and prefix. kInvalid.
Result<std::pair<uint32_t, int>> parse_subnet(const std::string& text);
// The bridge's own address in it, at which pods reach this machine: 10.89.0.1. kInvalid.
Result<std::string> bridge_address(const std::string& subnet);

}  // namespace slipway::adapter
