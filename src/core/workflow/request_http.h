// The requests of `http` and `plugin` templates, free of Run. Secrets are resolved here.
#pragma once

#include <string>
#include <string_view>

#include "core/manifest/catalog.h"
#include "core/workflow/advance.h"

namespace slipway::workflow {

// `http` is the resolved member of the template (spec a2). kInvalid for what can not be sent. A
// call whose reply was lost is made again, so a POST or PATCH carries the key unless it brings its
// own.
Result<PlannedRequest> build_http_request(const json::object& http,
                                          const manifest::Catalog& catalog, std::string_view ns,
                                          const std::string& idempotency_key);

// `plugin` is the resolved {name: arguments}; a built-in task (core/task) or kUnsupported.
Result<PlannedRequest> build_plugin_request(const json::object& plugin,
                                            const manifest::Catalog& catalog, std::string_view ns,
                                            const std::string& idempotency_key);

}  // namespace slipway::workflow
