// A span of time as Argo's messages tell it: "4 seconds", "2 minutes 30 seconds".
#pragma once

#include <string>

#include "base/time.h"

namespace slipway::expr {

// Argo's util/humanize.Duration: up to two units, the smaller of them cut off.
std::string humanize_duration(Duration duration);

}  // namespace slipway::expr
