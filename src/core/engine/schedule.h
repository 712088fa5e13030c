// When a CronWorkflow is due (spec workflows.md, a14 and rule 70).
//
// A pure function of the object: the annotation slipway.dev/scheduled-until holds the time up to
// which its schedules have been dealt with, so that a restart needs nothing else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "core/manifest/resource.h"

namespace slipway::engine {

inline constexpr std::string_view kScheduledUntil = "slipway.dev/scheduled-until";

// What is wrong with its schedules or time zone, in words; empty: nothing.
std::vector<std::string> schedule_problems(const manifest::Resource& cron);

// The first time after the annotation's; nullopt when suspended, stopped, wrong or never.
std::optional<Time> next_schedule(const manifest::Resource& cron);

// The latest scheduled time in (annotation, now]; nullopt when there is none.
std::optional<Time> latest_schedule(const manifest::Resource& cron, Time now);

void set_scheduled_until(manifest::Resource& cron, Time time);

// Whether both are due at the same times; if so the newer one may take up where the older one is.
bool same_schedule(const manifest::Resource& a, const manifest::Resource& b);
void take_schedule(manifest::Resource& cron, const manifest::Resource& from);

}  // namespace slipway::engine
