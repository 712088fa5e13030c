// One workflow by name, wherever it is: in memory while it runs, in the store after.
#pragma once

#include <functional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "server/api/api.h"

namespace slipway::server {

// argo's alias of the newest workflow of a namespace.
inline constexpr std::string_view kLatest = "@latest";

// `use` gets the whole object, or kNotFound; on a background thread. A live one wins over a finished
// one of the same name (spec rule 72). The name may be kLatest.
void find_workflow(const ApiContext& context, const std::string& ns, const std::string& name,
                   std::function<void(Result<json::object>)> use);

}  // namespace slipway::server
