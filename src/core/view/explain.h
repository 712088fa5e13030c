// Why sensors did or did not fire on an event, as people read it.
#pragma once

#include <string>

#include "base/json.h"

namespace slipway::views {

// From the verdicts of an event (view.h): one line a verdict, and under it one line a step: what
// was looked at, what was there, what was wanted; then what a call was answered.
std::string explain(const json::array& verdicts);

}  // namespace slipway::views
