// Reads the finished workflows that a resource template acts on.
#pragma once

#include "core/workflow/read.h"
#include "port/store.h"

namespace slipway::server {

// Whole objects; with a selector no more than `limit::kSought`, and kLimit beyond it.
Result<std::vector<json::object>> read_sought(port::WorkflowStore& store, std::string_view sought);

}  // namespace slipway::server
