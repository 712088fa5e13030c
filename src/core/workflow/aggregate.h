// Outputs of all items of a loop as one value (spec rule 25).
#pragma once

#include <string>

#include "core/workflow/pass.h"

namespace slipway::workflow {

// Sets <prefix>.outputs.result, .outputs.parameters and .outputs.parameters.P from the succeeded
// items of `call`, in the order of the loop. kInvalid when `result_wanted` and a result is no
// JSON.
Status set_aggregates(const Pass& pass, const Call& call, const std::string& prefix,
                      bool result_wanted, expr::Scope& scope);

}  // namespace slipway::workflow
