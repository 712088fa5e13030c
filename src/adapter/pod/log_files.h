// port::LogStore over <data dir>/logs/<pod id>/<container>.log, as LogWriter leaves them.
#pragma once

#include <string>

#include "adapter/pod/pod_paths.h"
#include "port/log_store.h"

namespace slipway::adapter {

// Stateless; safe from any thread.
class LogFiles : public port::LogStore {
 public:
  explicit LogFiles(std::string data_dir) : paths_{std::move(data_dir)} {}

  std::vector<std::string> containers(const PodId& pod) override;
  Result<port::LogChunk> read(const PodId& pod, const std::string& container, uint64_t offset,
                              size_t max_bytes) override;
  Result<std::vector<port::LogTime>> times(const PodId& pod, const std::string& container,
                                           uint64_t from, uint64_t to) override;
  Status remove(const PodId& pod) override;

 private:
  PodPaths paths_;
};

}  // namespace slipway::adapter
