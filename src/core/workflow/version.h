// metadata.resourceVersion of a workflow.
#pragma once

#include "base/json.h"

namespace slipway::workflow {

// Makes the version one higher: called for every change of a workflow, from its creation on. Of two
// copies of one workflow, that with the higher number is the newer; across workflows the numbers
// mean nothing.
void raise_version(json::object& metadata);

}  // namespace slipway::workflow
