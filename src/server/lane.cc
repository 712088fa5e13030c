#include "server/lane.h"

#include <iterator>

namespace slipway::server {

void Lane::add(const engine::Effect& effect) {
  if (active_.contains(effect.id) || places_.contains(effect.id)) return;
  places_[effect.id] = queue_.insert({effect.priority, ++arrivals_, effect.id}).first;
}

std::optional<EffectId> Lane::next() {
  if (queue_.empty() || (limit_ > 0 && active_.size() >= limit_)) return std::nullopt;
  EffectId id = queue_.begin()->id;
  withdraw(id);
  active_.insert(id);
  return id;
}

bool Lane::withdraw(const EffectId& id) {
  const auto at = places_.find(id);
  if (at == places_.end()) return false;
  queue_.erase(at->second);
  places_.erase(at);
  return true;
}

void Lane::prune(const engine::EffectSet& outstanding) {
  std::erase_if(active_, [&](const EffectId& id) { return outstanding.find(id) == nullptr; });
}

}  // namespace slipway::server
