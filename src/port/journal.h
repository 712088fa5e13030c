// The durable log of what happened, and the rows that outlive it.
//
// One commit carries everything that is in flight: records, row changes, and nothing else touches
// the disk. When commit() has returned ok, all of it survives power loss; when it returns an Error,
// none of it happened and the caller must not act on it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "port/row.h"

namespace slipway::port {

struct Record {
  uint64_t sequence = 0;  // 1, 2, 3 ... without a gap
  std::string bytes;
};

struct Commit {
  std::vector<Record> records;
  std::vector<RowChange> rows;
};

struct Snapshot {
  uint64_t sequence = 0;  // of the last record it contains
  std::string bytes;
};

class Journal {
 public:
  virtual ~Journal() = default;

  virtual Status commit(const Commit& commit) = 0;

  // The newest snapshot, or sequence 0 and no bytes.
  virtual Result<Snapshot> load_snapshot() = 0;

  // Stores a snapshot and drops the records it contains, in one transaction.
  virtual Status save_snapshot(const Snapshot& snapshot) = 0;

  // Calls `visit` for each record after `after`, in order. A corrupt or missing record is kIo and
  // names the sequence; what was visited before stays visited.
  virtual Status replay(
      uint64_t after,
      const std::function<Status(uint64_t sequence, std::string_view bytes)>& visit) = 0;
};

}  // namespace slipway::port
