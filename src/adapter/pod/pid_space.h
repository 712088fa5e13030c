// A process name space that the containers of a pod share (shareProcessNamespace).
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace slipway::adapter {

// Its first process is a child of ours that does nothing but take the orphans in, as Kubernetes'
// pause container; what runs in the name space ends with it, and it with this process.
class PidSpace {
 public:
  static Result<PidSpace> make();
  PidSpace(PidSpace&& other) noexcept;
  PidSpace& operator=(PidSpace&& other) noexcept;
  ~PidSpace();

  std::string path() const;

 private:
  explicit PidSpace(pid_t first) : first_(first) {}

  pid_t first_ = 0;
};

}  // namespace slipway::adapter
