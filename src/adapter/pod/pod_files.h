// The files that make a pod a host of its own: hosts, hostname, resolv.conf.
#pragma once

#include <string>

#include "base/result.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

std::string pod_hostname(const pod::PodPlan& plan);  // at most 63 characters, as the kernel's

std::string hosts_text(const pod::PodPlan& plan, const std::string& ip);

// From `machine` (this machine's resolv.conf) by the plan's DNS policy; loopback resolvers can not
// be reached from a pod and are left out.
std::string resolv_text(const pod::PodPlan& plan, const std::string& machine);

// Of this machine, or systemd-resolved's own list when that names only its stub.
std::string machine_resolv_text();

// Writes the three into `folder`.
Status write_pod_files(const pod::PodPlan& plan, const std::string& ip, const std::string& folder);

}  // namespace slipway::adapter
