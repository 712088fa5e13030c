// CronWorkflows: what is made when one is due, and what is counted when one of theirs has finished.
#pragma once

#include "core/engine/model.h"

namespace slipway::engine {

// A time the tick may come late and the schedule still count as met. Later, the run was missed and
// startingDeadlineSeconds decides (spec workflows.md, rule 70).
inline constexpr Duration kScheduleGrace = Duration::seconds(10);

void decide_schedule(const Model& model, const Input& input, const manifest::ResourceKey& key,
                     Decision& decision);

// Appends the CronWorkflow's new status when `run` was made by one.
void count_finished(const Model& model, Time now, const workflow::Run& run, Decision& decision);

}  // namespace slipway::engine
