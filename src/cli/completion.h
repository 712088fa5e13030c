// Completion scripts, made from the same table as the parser.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace slipway::cli {

// For bash, zsh or fish: verbs, then a verb's options, the choices of an option, and file names.
std::string completion_script(const std::vector<Command>& commands, const std::string& shell);

}  // namespace slipway::cli
