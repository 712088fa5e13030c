#include "core/engine/delivery.h"

#include <fmt/format.h>

#include <algorithm>

namespace slipway::engine {

std::string delivery_key(std::string_view ns, std::string_view source, std::string_view delivery) {
  return fmt::format("{}/{}/{}", ns, source, delivery);
}

const EventId* DeliveryMemory::find(std::string_view key) const {
  const auto found = numbers_.find(key_of(key));
  return found != numbers_.end() ? &entries_[found->second - first_].event : nullptr;
}

void DeliveryMemory::remember(Time at, std::string key, const EventId& event) {
  if (!entries_.empty()) at = std::max(at, entries_.back().at);
  const uint64_t number = first_ + entries_.size();
  const Entry& entry = entries_.emplace_back(Entry{at, std::move(key), event});
  const Key mine = key_of(entry.key);
  const auto [known, fresh] = numbers_.try_emplace(mine, number);
  if (fresh) return;
  numbers_.erase(known);  // its text belongs to the older entry
  numbers_.emplace(mine, number);
}

bool DeliveryMemory::is_current(size_t place) const {
  const auto found = numbers_.find(key_of(entries_[place].key));
  return found != numbers_.end() && found->second == first_ + place;
}

void DeliveryMemory::forget_before(Time oldest) {
  while (!entries_.empty() && entries_.front().at < oldest) {
    if (is_current(0)) numbers_.erase(key_of(entries_.front().key));
    entries_.pop_front();
    ++first_;
  }
}

}  // namespace slipway::engine
