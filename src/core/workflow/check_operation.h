// What is asked of a live workflow and can not be done is refused before anything changes.
#pragma once

#include "base/result.h"
#include "core/workflow/operation.h"
#include "core/workflow/run.h"

namespace slipway::workflow {

// The refusals of argo's stop, resume and node set: a selector that is not one or that no suspended
// node matches, an output that the node does not expect, a resume that would leave an output
// without a value. Terminate, Suspend and SetMetadata can always be done.
Status check_operation(const Run& run, const Operation& operation);

// The same for one that has finished, in the words of Argo's server. What is not refused changes
// nothing: to resume it all, as Argo has it.
Status check_finished(std::string_view ns, std::string_view name, const Operation& operation);

}  // namespace slipway::workflow
