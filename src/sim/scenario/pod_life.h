// What a pod does, in the words of a scenario: `prints hello writes out=1 succeeds`.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "sim/scenario/stage.h"

namespace slipway::sim::scenario {

// A pod's report so far. It keeps to its plan as a real one does: parameters that it does not write
// have their default or are an error, artifacts that it does not lose are saved.
struct PodLife {
  pod::PodReport report;
  std::set<std::string> lost;  // artifacts
  bool started = false;
};

// Does what `words` say, one verb after the other; `tell` hears of each change of phase. The error
// names the word that is no verb, or what it lacks.
Status live(PodLife& life, const StagePod& pod, const std::vector<std::string>& words, Time now,
            const std::function<void(const pod::PodReport&)>& tell);

}  // namespace slipway::sim::scenario
