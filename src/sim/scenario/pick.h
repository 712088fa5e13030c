// Comparing a large value with the few members that an author wrote down.
#pragma once

#include "base/json.h"

namespace slipway::sim::scenario {

// The members of `actual` that `shape` has too: equal to `shape` when it holds all that is
// expected. In lists of named objects an element is found by its name, in the order of `shape`; any
// other list counts as a whole. What is absent is null.
json::value pick(const json::value& shape, const json::value& actual);

}  // namespace slipway::sim::scenario
