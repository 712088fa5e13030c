// What a YAML 1.1 scalar means, by the rules of go-yaml v2, on which sigs.k8s.io/yaml stands.
#pragma once

#include <string_view>

#include "base/json.h"

namespace slipway::manifest {

// A plain scalar without a tag: yes/no/on/off/y/n are booleans, 0777 and 0x1f integers, 1_000 is
// 1000, timestamps stay strings, and so do integers beyond 64 bits. Infinity and NaN come back as
// doubles that JSON cannot hold; the caller refuses them.
json::value resolve_plain(std::string_view text);

// A scalar with one of the standard tags ("tag:yaml.org,2002:int"). An error says what does not
// fit; a tag of the user's own makes a string.
Result<json::value> resolve_tagged(std::string_view tag, std::string_view text);

// True when a plain scalar of this text would not be read back as a string, also by other YAML
// readers (sexagesimal numbers such as 1:30).
bool needs_quotes(std::string_view text);

}  // namespace slipway::manifest
