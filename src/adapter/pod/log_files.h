// Reading the log files that supervisors write.
#pragma once

#include <string>

#include "port/log_store.h"

namespace slipway::adapter {

// Safe from any thread and process.
class LogFiles : public port::LogStore {
 public:
  explicit LogFiles(std::string state_dir) : root_(std::move(state_dir) + "/logs") {}

  std::vector<std::string> containers(const PodId& pod) override;
  Result<port::LogChunk> read(const PodId& pod, const std::string& container, uint64_t offset,
                              size_t max_bytes) override;
  Status remove(const PodId& pod) override;

 private:
  std::string root_;
};

}  // namespace slipway::adapter
