// Reads the finished workflows that a resource template or a trigger acts on.
#pragma once

#include "core/engine/effect.h"
#include "core/engine/input.h"
#include "core/workflow/read.h"
#include "port/store.h"

namespace slipway::server {

inline constexpr size_t kMostSought = 1000;

// What a trigger wants of them.
engine::WorkflowSought seek(port::WorkflowStore& store, const engine::Effect& effect);

// Whole objects; with a selector no more than kMostSought, and kLimit beyond it.
Result<std::vector<json::object>> read_sought(port::WorkflowStore& store, std::string_view sought);

}  // namespace slipway::server
