// Owners, modes, times and extended attributes of unpacked entries.
#pragma once

#include <string>

#include "adapter/archive/unpack.h"

struct archive_entry;

namespace slipway::adapter {

// Owner, mode, xattrs and modification time of the entry `name` in `folder`, in that order (a
// change of owner clears setuid and capabilities). Links are never followed.
Status apply_attributes(int folder, const std::string& name, ::archive_entry* entry, UnpackAs as);

// Lower layers do not show through the folder `fd`.
Status make_opaque(int fd);

}  // namespace slipway::adapter
