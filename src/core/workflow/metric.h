// Custom metrics: `metrics.prometheus` of templates and of the workflow (spec a16). What a pass
// gives is samples; the server keeps the sums (server/metric.h).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace slipway::workflow {

struct Sample {
  enum class Kind {
    kCount,    // adds `value` to a counter
    kSet,      // a gauge is `value`
    kAdd,      // a gauge grows by `value`, which may be below zero
    kRunning,  // a gauge shows the seconds since `since`, until another sample of it comes
    kObserve,  // `value` falls into a histogram with `buckets`
  };
  Kind kind = Kind::kCount;
  std::string name, help;  // without the prefix argo_workflows_
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
  Time since;
  std::vector<double> buckets;
};

class Pass;

// Fills pass.samples from the nodes that began and ended in this pass, and from the workflow
// itself. A metric that can not be told becomes the workflow's condition MetricsError.
void measure(Pass& pass);

}  // namespace slipway::workflow
