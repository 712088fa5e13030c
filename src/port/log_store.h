// Container logs: live by follow, and kept after the pod is gone until the workflow is deleted.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"

namespace slipway::port {

struct LogChunk {
  std::string bytes;
  uint64_t next_offset = 0;  // where to read on
  bool complete = false;     // the container has ended and nothing follows
};

class LogStore {
 public:
  virtual ~LogStore() = default;
  // Names of the containers of this pod that have a log.
  virtual std::vector<std::string> containers(const PodId& pod) = 0;
  // kNotFound when there is no such log (yet). At most `max_bytes` from `offset`.
  virtual Result<LogChunk> read(const PodId& pod, const std::string& container, uint64_t offset,
                                size_t max_bytes) = 0;
  virtual Status remove(const PodId& pod) = 0;
};

}  // namespace slipway::port
