// A pod's resolv.conf.
#pragma once

#include <string>

#include "core/pod/plan.h"

namespace slipway::adapter {

// What `machine` (this machine's resolv.conf) says, but for dnsPolicy None, and what the pod's
// dnsConfig adds: as from the kubelet one list of each, no entry twice, an option of the pod in
// place of the machine's. Loopback resolvers can not be reached from a pod and are left out.
std::string resolv_text(const pod::PodPlan& plan, const std::string& machine);

// Of this machine, or systemd-resolved's own list when that names only its stub.
std::string machine_resolv_text();

}  // namespace slipway::adapter
