// Reading and changing a value at a path: keys, positions and slices {"start": 1, "end": 2}.
#pragma once

#include <span>

#include "core/expr/jq/value.h"

namespace slipway::expr::jq {

Result<Value> read_index(const Value& target, const Value& key, Budget& budget);
Result<Value> read_slice(const Value& target, const Value& from, const Value& to, Budget& budget);
Result<Value> read_path(const Value& target, const Items& path, Budget& budget);

// Changes in place what nobody else holds, and builds what is not there.
Status write_path(Value& target, std::span<const Value> path, Value item, Budget& budget);
// Takes all of them away at once: positions are those before anything is gone.
Status delete_paths(Value& target, const Items& paths, Budget& budget);

// Go's clamp of an index into [least, size]; a negative one counts from the end.
int64_t clamp_index(int64_t index, int64_t least, size_t size);
// Where slice [from:to] lies in `size` elements. kInvalid with `refuse` for what is no number.
struct Slice {
  size_t begin, end;
};
Result<Slice> place_slice(const Value& from, const Value& to, size_t size, std::string_view what);
// Where needle lies in haystack, all places.
Items find_all(const Items& haystack, const Items& needle, Budget& budget);

}  // namespace slipway::expr::jq
