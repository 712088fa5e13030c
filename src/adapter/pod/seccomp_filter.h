// The seccomp profile as a program for the kernel. Compiling it is the largest cost of a
// container's start (spec perf.md, section 1), so it is done once and handed to crun ready made.
#pragma once

#include <set>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace slipway::adapter {

// Names without CAP_, of those that have calls of their own in the profile.
std::set<std::string> seccomp_capabilities(const std::set<std::string>& held);
std::set<std::string> default_seccomp_capabilities();

// The filter for a container holding `capabilities`, base64, for crun's annotation
// run.oci.seccomp_bpf_data. kUnavailable when libseccomp refuses.
Result<std::string> compile_seccomp(const std::set<std::string>& capabilities);

// The same profile as `linux.seccomp` of an OCI bundle, for runtimes without that annotation.
json::object seccomp_json(const std::set<std::string>& capabilities);

}  // namespace slipway::adapter
