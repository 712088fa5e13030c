// The texts of a container that a program will run as code.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace slipway::manifest {

// script.source, and what a shell (`-c`) or another language's program (`python -c`, `node -e`,
// `perl -ne`) takes as code in command or args.
void for_each_code(const json::object& container, const std::string& path,
                   const std::function<void(std::string_view, const std::string&)>& visit);

}  // namespace slipway::manifest
