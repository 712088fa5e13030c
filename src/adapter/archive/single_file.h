// An archive of one file, read in memory: nothing of it touches a disk, so no name and no link in
// it matters.
#pragma once

#include <string>

#include "adapter/archive/fd.h"

namespace slipway::adapter {

// kLimit beyond `max_bytes`, at once; kInvalid when the archive is damaged or holds anything else
// than one regular file at its top.
Result<std::string> read_single_of_tar(Fd file, size_t max_bytes);
Result<std::string> read_single_of_zip(Fd file, size_t max_bytes);

}  // namespace slipway::adapter
