// YAML or JSON text to resources: the one door by which manifests enter.
#pragma once

#include <string_view>

#include "core/manifest/resource.h"

namespace slipway::manifest {

struct ParseOptions {
  bool strict = true;  // unknown fields are errors; otherwise warnings
};

// Reads one or more documents (YAML 1.1 as sigs.k8s.io/yaml reads it, or JSON; `---` separates).
// Never throws, never stops at the first bad document: each document with an error is left out of
// `documents`, and every error is in `diagnostics` with file:line:column. Unknown fields name the
// nearest right one; a field that is accepted but has no effect yields a note (rule
// "not-acted-on"), one that will be refused when it is used a warning ("not-supported"). Unknown
// kinds are an error.
Parsed parse(std::string_view text, std::string_view file, ParseOptions options = {});

// The same checks for an object that came as JSON through the API.
Parsed check(json::object object, std::string_view origin, ParseOptions options = {});

// YAML text to plain JSON values without any schema, e.g. podSpecPatch or a resource manifest.
Result<json::value> parse_yaml(std::string_view text, std::string_view origin);

// Prints JSON as block YAML, as kubectl -o yaml does (keys sorted).
std::string print_yaml(const json::value& value);

}  // namespace slipway::manifest
