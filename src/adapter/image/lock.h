// Locks between processes: flock on files that stay.
#pragma once

#include <string>

#include "adapter/archive/fd.h"
#include "base/result.h"
#include "base/time.h"

namespace slipway::adapter {

enum class LockMode { kShared, kExclusive };

// Held until the Fd closes; also between threads of one process. kTimeout after `timeout`; zero
// means: try once.
Result<Fd> lock_file(const std::string& path, LockMode mode, Duration timeout);

}  // namespace slipway::adapter
