// Cron expressions as robfig/cron parses them, with time zones and daylight saving. Pure: the next
// time is a function of the expression, the zone and the time asked from.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace slipway::schedule {

class Cron {
 public:
  // Five fields, or a descriptor such as @daily or @every 1h; "TZ=Europe/Zurich " or "CRON_TZ=..."
  // in front overrides `zone`. `zone` is an IANA name; empty: UTC. kInvalid names the field,
  // kNotFound the zone.
  static Result<Cron> parse(std::string_view expression, std::string_view zone = {});

  // The first time strictly after `after`; nullopt when there is none within five years. A time
  // that a clock change skips does not run that day; one that it repeats runs at both, as in
  // robfig/cron.
  std::optional<Time> next(Time after) const;

 private:
  // Bit n: the value n matches.
  uint64_t second_ = 1, minute_ = 0, hour_ = 0, day_ = 0, month_ = 0, weekday_ = 0;
  // The field was * or ?: day of month and day of week then must both match, otherwise either.
  bool any_day_ = false, any_weekday_ = false;
  Duration every_;  // of @every; zero otherwise
  std::string zone_;
};

}  // namespace slipway::schedule
