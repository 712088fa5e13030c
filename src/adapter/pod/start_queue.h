// Pods that were given to the nursery ahead of a free slot, so that one that ends is followed by
// the next at once and not after a commit and a message. In order of arrival.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "adapter/pod/runtime_options.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

class StartQueue {
 public:
  struct Entry {
    pod::PodPlan plan;
    RuntimeOptions options;
    std::vector<uint64_t> clients;  // who is told of it; never empty
  };

  bool empty() const { return entries_.empty(); }
  const Entry& front() const { return entries_.front(); }
  void push(Entry entry) { entries_.push_back(std::move(entry)); }
  void clear() { entries_.clear(); }

  // Tells another client of it too; false when it does not wait.
  bool join(const PodId& id, uint64_t client) {
    const auto at = find(id);
    if (at == entries_.end()) return false;
    if (std::ranges::find(at->clients, client) == at->clients.end()) at->clients.push_back(client);
    return true;
  }
  // What nobody waits for any more goes too: another server starts anew what it still wants, and
  // can not stop what it does not know of.
  void forget_client(uint64_t client) {
    for (Entry& entry : entries_) std::erase(entry.clients, client);
    std::erase_if(entries_, [](const Entry& entry) { return entry.clients.empty(); });
  }

  // Out of the queue; nullopt when it does not wait.
  std::optional<Entry> take(const PodId& id) { return take_at(find(id)); }
  std::optional<Entry> next() { return take_at(entries_.begin()); }

 private:
  using Place = std::deque<Entry>::iterator;
  Place find(const PodId& id) {
    return std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.plan.id == id; });
  }
  std::optional<Entry> take_at(Place at) {
    if (at == entries_.end()) return std::nullopt;
    std::optional<Entry> taken(std::move(*at));
    entries_.erase(at);
    return taken;
  }

  std::deque<Entry> entries_;
};

}  // namespace slipway::adapter
