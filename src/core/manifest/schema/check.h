// One object against the schema of its kind.
#pragma once

#include <string_view>

#include "base/json.h"
#include "core/manifest/diagnostic.h"
#include "core/manifest/resource.h"

namespace slipway::manifest {

struct CheckOptions {
  bool strict = true;  // unknown fields are errors, otherwise warnings
  // A number or boolean where a text is wanted becomes text, with a warning, as `argo submit` does
  // with YAML. Otherwise it is an error, as it is for kubectl.
  bool coerce = false;
};

// Appends what is wrong to `diagnostics`, and changes `object` in the few places where Argo reads
// two spellings as one: AnyString values become text, a lone step becomes a list of one.
void check_object(Kind kind, json::object& object, std::string_view file,
                  const SourceMap& positions, CheckOptions options, Diagnostics& diagnostics);

}  // namespace slipway::manifest
