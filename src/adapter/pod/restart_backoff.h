// How long a container that has ended waits for its next start: the kubelet's rule for native
// sidecars.
#pragma once

#include <algorithm>

#include "base/time.h"

namespace slipway::adapter {

// The first time not at all, then 10 s, and twice as long each time up to five minutes. After ten
// minutes that it ran, from the beginning.
class RestartBackoff {
 public:
  // `ran`: from the last start to the end.
  Duration next(Duration ran) {
    constexpr Duration kFirst = Duration::seconds(10), kMost = Duration::seconds(300);
    const Duration pause = ran > kMost * 2 ? Duration{} : next_;
    next_ = pause == Duration{} ? kFirst : std::min(pause * 2, kMost);
    return pause;
  }

 private:
  Duration next_;
};

}  // namespace slipway::adapter
