// `slipway lint`: the rules of manifest/lint, and what submit and apply would refuse.
#pragma once

#include "core/manifest/lint/lint.h"
#include "core/workflow/advance.h"

namespace slipway::engine {

// Over `documents`, with what is already applied (`others`), in the order of the documents. What
// names an object that is in neither is a warning, since it may be applied before it is needed.
// `settings`: of the server that is to run them.
manifest::Diagnostics lint(const std::vector<manifest::Document>& documents,
                           const manifest::Catalog& others,
                           const workflow::Settings& settings = {});

}  // namespace slipway::engine
