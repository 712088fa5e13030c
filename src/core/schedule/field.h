// The pieces of a cron expression. Private to this folder.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace slipway::schedule {

struct Bounds {
  std::string_view name;  // for error texts
  int min = 0, max = 0;
  std::string_view words;  // "jan feb ..."; the first stands for min
};

struct Field {
  uint64_t bits = 0;
  bool any = false;  // * or ? without a step
};
// A list of ranges with steps: "*/15", "1-5,7", "MON-FRI", "N/step" to the end.
Result<Field> parse_field(std::string_view text, const Bounds& bounds);

// The span of "@every 1h30m", at least one second, cut to whole seconds.
Result<Duration> parse_every(std::string_view text);

}  // namespace slipway::schedule
