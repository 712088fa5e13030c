// The tables, and whether a file is ours, whole, and of a release we can read.
#pragma once

#include "adapter/journal/sqlite.h"

namespace slipway::adapter {

// Grows by one with each change to the tables; older files are brought up step by step.
inline constexpr int64_t kSchemaVersion = 5;
inline constexpr int64_t kApplicationId = 0x534c5057;  // "SLPW", at byte 68 of the file

// Checks the file, then creates or upgrades its tables and sets how this connection writes.
Status prepare_schema(Database& database);

}  // namespace slipway::adapter
