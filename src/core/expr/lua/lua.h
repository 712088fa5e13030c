// Lua 5.1 scripts of sensors, sandboxed: base, string, table and math only (Argo opens os and io
// too, which lets an event's author run commands; spec events.md, b29), with an instruction limit.
#pragma once

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace slipway::expr {

// Global `event` is `data`. A filter passes only when the chunk returns true.
Result<bool> run_lua_filter(std::string_view script, const json::value& data);
// The chunk must return a table.
Result<json::value> run_lua_transform(std::string_view script, const json::value& data);

}  // namespace slipway::expr
