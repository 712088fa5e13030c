// ConfigMaps and Secrets as a pod reads them.
#pragma once

#include <map>
#include <string>

#include "core/workflow/plan_context.h"

namespace slipway::workflow {

enum class SourceKind { kConfigMap, kSecret };

// One key; kNotFound names the object or key that is missing. A ConfigMap's binaryData counts too.
Result<std::string> source_value(const PlanContext& context, SourceKind kind,
                                 const std::string& name, const std::string& key);

// Every key with its bytes. A missing object is kNotFound, or empty when `optional`.
Result<std::map<std::string, std::string>> source_values(const PlanContext& context,
                                                         SourceKind kind, const std::string& name,
                                                         bool optional);

}  // namespace slipway::workflow
