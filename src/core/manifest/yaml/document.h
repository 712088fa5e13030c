// YAML text to JSON values with the position of each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "core/manifest/diagnostic.h"
#include "core/manifest/resource.h"

namespace slipway::manifest {

// "spec.templates" + "name" → "spec.templates.name"; a key that is more than a word is quoted:
// metadata.labels["a.b/c"].
std::string member_path(std::string_view parent, std::string_view key);
std::string item_path(std::string_view parent, size_t index);

// Of the value at `path`, or of the nearest one around it; {} when the map knows none of them.
Position find_position(const SourceMap& positions, std::string_view path);

// A number or boolean as the text that sigs.k8s.io/yaml makes of it for a string field.
std::string scalar_text(const json::value& value);

struct YamlDocument {
  json::value value;
  SourceMap positions;  // of a member its key's, of an item its own
};

// All documents that can be read; the others leave errors in `diagnostics`. Aliases and merge keys
// (<<) are expanded within limit::kYamlAliasNodes; the explicit key wins over a merged one.
std::vector<YamlDocument> read_yaml(std::string_view text, std::string_view file,
                                    Diagnostics& diagnostics);

}  // namespace slipway::manifest
