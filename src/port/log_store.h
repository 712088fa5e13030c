// Container logs: live by follow, and kept after the pod is gone until the workflow is deleted.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace slipway::port {

struct LogChunk {
  std::string bytes;
  uint64_t next_offset = 0;  // where to read on
  bool complete = false;     // the container has ended and nothing follows
};

// The byte at `offset`, and those after it until another LogTime, came at `time`.
struct LogTime {
  uint64_t offset = 0;
  Time time;
};
// What comes sooner after other bytes may have the time of those.
inline constexpr Duration kLogTimePrecision = Duration::milliseconds(10);

class LogStore {
 public:
  virtual ~LogStore() = default;
  // Names of the containers of this pod that have a log.
  virtual std::vector<std::string> containers(const PodId& pod) = 0;
  // kNotFound when there is no such log (yet). At most `max_bytes` from `offset`.
  virtual Result<LogChunk> read(const PodId& pod, const std::string& container, uint64_t offset,
                                size_t max_bytes) = 0;
  // When the bytes from `from` up to `to` came, in order; the first may be of a byte before `from`.
  // Empty: that was not written down.
  virtual Result<std::vector<LogTime>> times(const PodId& pod, const std::string& container,
                                             uint64_t from, uint64_t to) = 0;
  virtual Status remove(const PodId& pod) = 0;
};

}  // namespace slipway::port
