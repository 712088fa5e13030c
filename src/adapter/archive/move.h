// Files on their way into a folder that others may be changing at the same moment.
#pragma once

#include <string>

#include "base/result.h"

namespace slipway::adapter {

// Moves the entry `from` of the folder `source`, which nobody else changes, to the entry `to` of
// the folder `target`: by rename, or by a copy that keeps owners, modes and times where that is
// another file system. A folder joins a folder that is there, entry by entry; otherwise what is
// there is replaced. No link in `target` is followed, and nothing that stands there is written to:
// a copy is made under a name of its own, which then takes the other's place. Without `to`, it is
// the content of `target` itself that a folder joins.
//
// kConflict when a file would replace a folder with content; kIo. After an error part of it may be
// there. What is left at `from` is for the caller to remove.
Status move_entry(int source, const std::string& from, int target, const std::string& to);

}  // namespace slipway::adapter
