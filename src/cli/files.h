// Manifest files named on a command line.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "core/manifest/resource.h"

namespace slipway::cli {

// Reads and parses each, and prints nothing. kNotFound for a file that is not there.
Result<manifest::Parsed> parse_files(const std::vector<std::string>& files, bool strict = true);

// Reads and parses each: a file, "-" for standard input, or a folder (its *.yaml, *.yml and *.json,
// in name order). Every diagnostic is printed to stderr. kInvalid when any is an error, kNotFound
// for a file that is not there.
Result<std::vector<manifest::Document>> read_manifests(const std::vector<std::string>& files,
                                                       bool strict = true);

}  // namespace slipway::cli
