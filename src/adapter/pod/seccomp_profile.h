// Docker's default seccomp profile, compiled once to BPF.
//
// Compiling takes about ten milliseconds, more than everything else of a container's start (spec
// perf.md, section 1), so the nursery does it once and crun gets the result by annotation.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace slipway::adapter {

// Base64 of the BPF program for crun's annotation run.oci.seccomp_bpf_data.
Result<std::string> compile_seccomp();

// The same profile as linux.seccomp of config.json, for runc.
json::object seccomp_json();

}  // namespace slipway::adapter
