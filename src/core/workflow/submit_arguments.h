// Small edits of a workflow object that submit, retry and resubmit have in common.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace slipway::workflow {

// The object member `key`, made when it is not there or null.
json::object& member_object(json::object& parent, std::string_view key);

// spec.arguments.parameters with `parameters` first and then those they do not name, as argo's -p
// does it. `spec` is a workflow spec.
void override_parameters(json::object& spec,
                         const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace slipway::workflow
