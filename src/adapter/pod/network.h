// The pod network: a bridge with NAT, and for each pod a network namespace with one address on it.
#pragma once

#include <string>

#include "adapter/archive/fd.h"
#include "base/result.h"

namespace slipway::adapter {

// Made once by the nursery: bridge `slipway0` with <subnet>.0.1/16, forwarding, and masquerading
// through nftables or iptables, whichever is there. Safe to repeat. An Error says which part failed
// and what to install; pods then have a loopback only.
Status prepare_bridge(const std::string& subnet);

struct PodNetwork {
  Fd ns;           // keeps the namespace alive; containers join it by /proc/<pid>/fd/<n>
  std::string ip;  // "10.85.3.7"; empty: loopback only
};

// A new namespace with a loopback and, when `bridged`, an address of the subnet. Addresses are
// claimed by a lock file each under `claims_dir` for as long as `lease` is open. The calling
// thread's own namespace is the same after.
struct NetworkLease {
  PodNetwork network;
  Fd lock;  // the claim of the address
};
Result<NetworkLease> make_pod_network(const std::string& subnet, const std::string& claims_dir,
                                      bool bridged);

// Nameservers that a pod can reach: the host's own, or the upstream ones when the host's only
// answers on loopback.
std::string host_resolv_conf();

}  // namespace slipway::adapter
