// Manifest files named on a command line.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/manifest/resource.h"

namespace slipway::cli {

// What a folder stands for: its own files, as for kubectl, or those of its folders too, as for
// `argo lint`. Hidden folders are left out.
enum class Folders { kFlat, kDeep };

// A file's text, or standard input's for "-".
Result<std::string> read_file(const std::string& file);

// Reads and parses each, and prints nothing. kNotFound for a file that is not there. `look` is
// given each file's name and text.
using Look = std::function<void(const std::string& file, const std::string& text)>;
Result<manifest::Parsed> parse_files(const std::vector<std::string>& files, Folders folders,
                                     bool strict = true, const Look& look = {});

// Reads and parses each: a file, "-" for standard input, or a folder (its *.yaml, *.yml and *.json,
// in name order). Every diagnostic is printed to stderr. kInvalid when any is an error, kNotFound
// for a file that is not there.
Result<std::vector<manifest::Document>> read_manifests(const std::vector<std::string>& files,
                                                       bool strict = true);

}  // namespace slipway::cli
