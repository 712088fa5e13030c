// The folder of one `slipway run`: its journal, pods and logs.
#pragma once

#include <string>

#include "adapter/archive/fd.h"
#include "base/result.h"

namespace slipway::app {

// Goes with the object. What a run left that was killed is removed by the next one: a folder whose
// lock nobody holds.
class RunDir {
 public:
  // Makes `data_dir`/runs/`name`.
  static Result<RunDir> make(const std::string& data_dir, const std::string& name);
  RunDir(RunDir&& other) noexcept = default;
  RunDir& operator=(RunDir&&) = delete;
  ~RunDir();

  const std::string& path() const { return path_; }
  void keep();  // for good

 private:
  RunDir(std::string path, adapter::Fd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string path_;
  adapter::Fd lock_;  // none: moved from, or kept
};

}  // namespace slipway::app
