// Which finished workflows have had their time. A deadline lives in the row of its workflow, so
// that one costs no memory and survives every restart (docs/decisions/0006-retention.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "port/row.h"

namespace slipway::port {

// How many finished workflows of each phase are kept, newest first; nullopt: all of them.
struct Keep {
  std::optional<uint64_t> succeeded, failed, error;
  bool any() const { return succeeded || failed || error; }
};

// The finished workflows of one CronWorkflow that count together for a history limit.
struct CronHistory {
  std::string ns, cron;
  std::vector<std::string> phases;
  uint64_t keep = 0;
  friend auto operator<=>(const CronHistory&, const CronHistory&) = default;
};

class Retention {
 public:
  virtual ~Retention() = default;
  // Rows with their object that are to go: those whose deadline has come by `now`, and those that
  // newer ones of their phase push out. At most `limit`; every commit so far is seen.
  virtual Result<std::vector<WorkflowRow>> overdue(Time now, const Keep& keep, size_t limit) = 0;
  // Of the rows that carry the label of a CronWorkflow, those that its newest ones push out.
  virtual Result<std::vector<WorkflowRow>> surplus(const CronHistory& history, size_t limit) = 0;
  // The earliest deadline of all rows.
  virtual Result<std::optional<Time>> next_deadline() = 0;
};

}  // namespace slipway::port
