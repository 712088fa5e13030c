// What Argo's controller counts (spec a16): workflows and pods that reach a phase, templates that
// are used, locks that are taken.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/workflow/run.h"

namespace slipway::engine {

// Of what `delta` is about to change in `run`.
void add_phase_samples(const workflow::Run& run, const workflow::Delta& delta,
                       std::vector<workflow::Sample>& samples);

using Labels = std::vector<std::pair<std::string, std::string>>;

// A counter that grows by one.
workflow::Sample count_sample(std::string name, std::string help, Labels labels);

// "ci/ConfigMap/limits/builds" of type "semaphore" as metrics name it.
Labels lock_labels(std::string_view type, std::string_view lock);

// Holders in `list` ("holding" or "waiting") of status.synchronization, by type and lock.
using LockUse = std::map<std::pair<std::string, std::string>, std::set<std::string>>;
LockUse lock_use(const json::object& synchronization, std::string_view list);

}  // namespace slipway::engine
