// KubeEventLog: the latest Kubernetes Events, which are for looking at and not for deciding. As in
// Kubernetes they are kept for an hour; a restart begins anew (docs/decisions/0012-kube-events.md).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "base/time.h"
#include "core/view/kube_event.h"

namespace slipway::server {

// The driver adds; anybody reads, from any thread.
class KubeEventLog {
 public:
  static constexpr size_t kMost = 10'000;  // the oldest give way
  static constexpr Duration kKeep = Duration::seconds(3600);

  struct Entry {
    uint64_t version;  // grows from each to the next, over restarts too
    views::KubeEvent event;
  };

  void add(std::vector<Entry> entries);

  // The first `most` after `version` that `wanted` says yes to, oldest first.
  std::vector<Entry> after(uint64_t version, Time now, size_t most,
                           const std::function<bool(const views::KubeEvent&)>& wanted) const;
  // The version of the newest, or 0.
  uint64_t version() const;

 private:
  mutable std::mutex lock_;
  std::deque<Entry> entries_;
  uint64_t version_ = 0;
};

}  // namespace slipway::server
