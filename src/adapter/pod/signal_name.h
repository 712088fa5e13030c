// Signals by the names that images and manifests give them.
#pragma once

#include <string>

namespace slipway::adapter {

// "SIGQUIT", "QUIT", "3", "SIGRTMIN+3", "SIGRTMAX-1"; SIGTERM when empty or unknown.
int parse_signal(const std::string& name);

// Whether a process that has said nothing about the signal dies of it.
bool ends_by_default(int signal);

}  // namespace slipway::adapter
