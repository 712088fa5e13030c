// The runs that a CronWorkflow would have had in the past: `cron backfill`. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "core/manifest/resource.h"

namespace slipway::engine {

struct BackfillOptions {
  std::string name;  // of this backfill, in the names of its workflows
  Time start, end;   // times after `start`, up to and with `end`
  bool parallel = false;
  std::string argument = "cronScheduleTime";
  size_t most = 1000;
};

// A Workflow for each scheduled time, oldest first, with the time as an argument and as what
// {{workflow.scheduledTime}} gives; one after the other unless `parallel`. The schedules count in
// the CronWorkflow's own time zone, suspended or not. kInvalid for a schedule that is wrong, kLimit
// for more than `most`.
Result<std::vector<json::object>> backfill(const manifest::Resource& cron,
                                           const BackfillOptions& options);

}  // namespace slipway::engine
