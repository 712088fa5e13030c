// What a pod is called and labelled, for those who ask without planning it.
#pragma once

#include <map>
#include <string>

#include "core/workflow/advance.h"

namespace slipway::workflow {

// The labels that the pod of `node` has while it runs.
Result<std::map<std::string, std::string>> pod_labels(const Run& run, const Node& node,
                                                      const World& world);

}  // namespace slipway::workflow
