// What must hold at the end of a run. Promises 1, 4, 7 and 8 are also checked as things happen, by
// the fakes through which they leave the server.
#pragma once

#include "server/driver.h"
#include "sim/journal.h"
#include "sim/pods.h"
#include "sim/store.h"
#include "sim/workload.h"

namespace slipway::sim {

// Everything was accepted, and no workflow is stuck.
void check_liveness(World& world, const server::Driver& driver, const Workload& workload);

// A finished workflow says truly which of its artifacts are gone, and why others are not.
void check_artifacts(World& world, const SimJournal& journal, const SimArtifacts& artifacts);

void check_end(World& world, const workflow::Settings& settings, const SimJournal& journal,
               SimPods& pods, const Workload& workload, const server::Driver& driver);

}  // namespace slipway::sim
