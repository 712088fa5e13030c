// One simulated life of a server, from a seed: the real engine and driver over fakes that fail,
// and checkers for the design's promises. The same seed gives the same run.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "sim/world.h"

namespace slipway::sim {

struct Outcome {
  std::vector<std::string> violations;
  uint64_t fingerprint = 0;         // of every record, report, request and crash, in order
  std::set<std::string> succeeded;  // names of workflows, without what was made up
  uint64_t crashes = 0, commits = 0, events = 0, workflows = 0, pods = 0, requests = 0;
};

struct SimulationOptions {
  Mutation mutation = Mutation::kNone;
  bool loud = false;  // prints what happens
};

Outcome simulate(uint64_t seed, SimulationOptions options = {});

}  // namespace slipway::sim
