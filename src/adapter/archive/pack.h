// Files and folders into tar and zip files.
#pragma once

#include <string>

#include "base/result.h"

namespace slipway::adapter {

enum class PackAs { kTar, kTarGzip, kZip };

// Writes the file or folder behind the open descriptor `source` (O_PATH will do) to the new file
// `target`; its entries start with `name`. Symbolic links are kept and never followed; sockets,
// pipes and devices are left out; hard links become copies. Entries are in name order, so that the
// same tree gives the same bytes. `level`: 0 to 9 for gzip and zip, -1 for the library's own
// choice. kInvalid for another level, kIo.
Status pack(int source, const std::string& name, PackAs as, int level, const std::string& target);

}  // namespace slipway::adapter
