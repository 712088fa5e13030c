// What of Argo's schemas is acted on, in words: the generated part of docs/compat.md.
#pragma once

#include <string>
#include <vector>

#include "core/manifest/schema/schema.h"

namespace slipway::manifest {

// Every type that a manifest can reach through fields that have an effect, the kinds first, each
// once. What stands in a `status`, or below a field that has no effect or is refused, is left out.
std::vector<const SchemaType*> reachable_types();

// Markdown, grouped by where a type comes from: deviations in full, the rest as lists of names.
std::string compat_text();

}  // namespace slipway::manifest
