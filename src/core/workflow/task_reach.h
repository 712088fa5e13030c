// Which tasks of a DAG wait for which others, over any number of tasks between them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/workflow/validate_report.h"

namespace slipway::workflow {

// An answer is a look at a table that is made for 64 tasks at a time, by one walk over the edges: a
// question may be asked for each of ten thousand tasks in a row. Borrows the edges.
class TaskReach {
 public:
  explicit TaskReach(const Edges& needs);

  // Also true for what is part of a cycle or waits for one, which is told where cycles are.
  bool waits_for(std::string_view task, std::string_view other);
  uint64_t visits() const { return visits_; }  // edges and answers looked at, ever; for tests

 private:
  const std::vector<uint64_t>& table(size_t block);

  std::unordered_map<std::string_view, size_t> number_;  // of a task, in the order of the names
  std::vector<std::vector<size_t>> needs_;
  std::vector<size_t> order_;  // what a task needs comes before it; without what is in a cycle
  std::vector<bool> ordered_;
  std::map<size_t, std::vector<uint64_t>> tables_;  // by block: for each task a bit for each of 64
  uint64_t visits_ = 0;
};

}  // namespace slipway::workflow
