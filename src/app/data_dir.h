// Where everything lives: one folder, shared by `slipway run`, the server and `slipway image`.
#pragma once

#include <string>

#include "base/result.h"

namespace slipway::app {

// `given` if not empty; else SLIPWAY_DATA, /var/lib/slipway for root, $XDG_DATA_HOME/slipway or
// ~/.local/share/slipway otherwise. Always absolute.
std::string data_dir(const std::string& given);

// Makes the folder (mode 0700) when it is absent. kIo names it and says why not.
Status make_data_dir(const std::string& path);

}  // namespace slipway::app
