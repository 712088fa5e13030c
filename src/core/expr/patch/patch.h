// Kubernetes' three patches.
#pragma once

#include "base/json.h"
#include "base/result.h"

namespace slipway::expr {

// RFC 7386: null removes a member, lists are replaced.
json::value merge_patch(json::value target, const json::value& patch);

// RFC 6902.
Result<json::value> json_patch(json::value target, const json::array& operations);

// Strategic merge with Kubernetes' merge keys for pod specs and workflow specs (containers by
// name, env by name, volumes by name, volumeMounts by mountPath, templates by name, parameters by
// name, ...), including $patch: delete|replace and $retainKeys.
Result<json::value> strategic_merge(json::value target, const json::value& patch);

}  // namespace slipway::expr
