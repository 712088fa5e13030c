// Spans and points of time as people read them in lists.
#pragma once

#include <string>

#include "base/time.h"

namespace slipway::views {

// kubectl's AGE column: "45s", "3m20s", "17m", "5h2m", "30h", "4d3h", "90d", "2y60d".
std::string format_age(Duration age);

// argo's DURATION column: the largest unit alone: "0s", "45s", "3m", "5h", "4d".
std::string format_short(Duration duration);

// argo's "Duration:" line: the two largest units: "1 minute 0 seconds", "45 seconds".
std::string format_long(Duration duration);

// "Mon Nov 23 10:52:24 +0000 (2 minutes ago)"; "" for no time.
std::string format_timestamp(Time time, Time now);

}  // namespace slipway::views
