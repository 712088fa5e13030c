// What a CronWorkflow's `when` and stopStrategy say (spec workflows.md, a14 and rule 70).
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "core/manifest/resource.h"

namespace slipway::engine {

// Whether a run that is due may start; without `when` it may.
Result<bool> may_run(const manifest::Resource& cron, Time now);

// Whether it shall stop for good.
Result<bool> shall_stop(const manifest::Resource& cron, Time now);

}  // namespace slipway::engine
