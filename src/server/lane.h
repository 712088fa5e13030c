// Effects of one kind that run side by side up to a limit: the rest wait, higher priority first,
// then in the order in which they became outstanding.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <tuple>

#include "core/engine/effect.h"

namespace slipway::server {

class Lane {
 public:
  explicit Lane(size_t limit) : limit_(limit) {}  // 0: no limit

  // No-op when it already waits or runs.
  void add(const engine::Effect& effect);
  // Marks it as running, whatever the limit: it was found running.
  void adopt(const EffectId& id) { active_.insert(id); }
  // The next to start, marked as running; nullopt when none may.
  std::optional<EffectId> next();
  // Takes it out of the queue; false when it does not wait.
  bool withdraw(const EffectId& id);
  // Forgets what is no longer outstanding, which makes room.
  void prune(const engine::EffectSet& outstanding);

  bool active(const EffectId& id) const { return active_.contains(id); }
  size_t active_count() const { return active_.size(); }
  size_t waiting_count() const { return queue_.size(); }

 private:
  struct Place {
    int64_t priority;
    uint64_t arrival;
    EffectId id;
    friend bool operator<(const Place& a, const Place& b) {
      if (a.priority != b.priority) return a.priority > b.priority;
      return a.arrival < b.arrival;
    }
  };
  size_t limit_;
  uint64_t arrivals_ = 0;
  std::set<Place> queue_;
  std::map<EffectId, std::set<Place>::iterator> places_;
  std::set<EffectId> active_;
};

}  // namespace slipway::server
