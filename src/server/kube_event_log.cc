#include "server/kube_event_log.h"

#include <algorithm>
#include <utility>

namespace slipway::server {

void KubeEventLog::add(std::vector<Entry> entries) {
  if (entries.empty()) return;
  const std::lock_guard lock(lock_);
  for (Entry& entry : entries) entries_.push_back(std::move(entry));
  version_ = entries_.back().version;
  const Time now = entries_.back().event.at;
  while (entries_.size() > kMost || now - entries_.front().event.at > kKeep) entries_.pop_front();
}

std::vector<KubeEventLog::Entry> KubeEventLog::after(
    uint64_t version, Time now, size_t most,
    const std::function<bool(const views::KubeEvent&)>& wanted) const {
  const std::lock_guard lock(lock_);
  auto entry = std::upper_bound(entries_.begin(), entries_.end(), version,
                                [](uint64_t at, const Entry& one) { return at < one.version; });
  std::vector<Entry> found;
  for (; entry != entries_.end() && found.size() < most; ++entry) {
    if (now - entry->event.at <= kKeep && wanted(entry->event)) found.push_back(*entry);
  }
  return found;
}

uint64_t KubeEventLog::version() const {
  const std::lock_guard lock(lock_);
  return version_;
}

}  // namespace slipway::server
