// MetricRegistry: the sums of what passes and controllers measured, in Prometheus' text form. From
// any thread; forgotten when the server ends, as Argo's controller forgets its own.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/workflow/metric.h"

namespace slipway::server {

class MetricRegistry {
 public:
  // A sample whose name has another type already is dropped: the first one counts.
  void add(const std::vector<workflow::Sample>& samples);

  // `now` is what running gauges are told by.
  std::string text(Time now) const;

 private:
  enum class Type { kCounter, kGauge, kHistogram };
  struct Series {
    double value = 0;
    Time running_since;            // zero: `value` counts
    std::vector<uint64_t> counts;  // of a histogram, one a bucket
    uint64_t count = 0;
  };
  struct Family {
    Type type = Type::kCounter;
    std::string help;
    std::vector<double> buckets;
    std::map<std::string, Series> series;  // by labels as printed, without braces
  };
  static Type type_of(workflow::Sample::Kind kind);
  static void add_to(const workflow::Sample& sample, const Family& family, Series& series);
  static void print(const std::string& name, const Family& family, Time now, std::string& text);

  mutable std::mutex mutex_;
  std::map<std::string, Family> families_;
};

}  // namespace slipway::server
