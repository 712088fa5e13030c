// The files that make a pod a host of its own: hosts, hostname, resolv.conf.
#pragma once

#include <string>

#include "base/result.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

std::string pod_hostname(const pod::PodPlan& plan);  // at most 63 characters, as the kernel's

std::string hosts_text(const pod::PodPlan& plan, const std::string& ip);

// Writes the three into `folder`.
Status write_pod_files(const pod::PodPlan& plan, const std::string& ip, const std::string& folder);

}  // namespace slipway::adapter
