// Reads the finished workflows that a resource template acts on.
#pragma once

#include "core/workflow/read.h"
#include "port/store.h"

namespace slipway::server {

inline constexpr size_t kMostSought = 1000;

// Whole objects; with a selector no more than kMostSought, and kLimit beyond it.
Result<std::vector<json::object>> read_sought(port::WorkflowStore& store, std::string_view sought);

}  // namespace slipway::server
