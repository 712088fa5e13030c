// The deliveries that were let through, so that the same one starts things once.
//
// The journal's replay fills it with every event of a week, so it is one pass over flat memory: the
// entries in order of arrival, and an index into them.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"

namespace slipway::engine {

// What identifies a delivery: two event sources may see the same one.
std::string delivery_key(std::string_view ns, std::string_view source, std::string_view delivery);

class DeliveryMemory {
 public:
  struct Entry {
    Time at;  // not before that of the entry before it, whatever the clock said
    std::string key;
    EventId event;
  };

  DeliveryMemory() = default;
  DeliveryMemory(DeliveryMemory&&) = default;
  DeliveryMemory& operator=(DeliveryMemory&&) = default;

  // The event that came with it; nullptr: it was not seen, or is forgotten.
  const EventId* find(std::string_view key) const;
  // A key that is known goes with this event from now on.
  void remember(Time at, std::string key, const EventId& event);
  void forget_before(Time oldest);

  // The oldest first; one that was remembered anew is there once.
  template <class Visit>
  void each(Visit visit) const {
    for (size_t i = 0; i < entries_.size(); ++i) {
      if (is_current(i)) visit(entries_[i]);
    }
  }

 private:
  struct Key {
    size_t hash;
    std::string_view text;  // of an entry: they do not move
    friend bool operator==(const Key& a, const Key& b) {
      return a.hash == b.hash && a.text == b.text;
    }
  };
  struct KeyHash {
    using is_avalanching = void;
    size_t operator()(const Key& key) const { return key.hash; }
  };
  static Key key_of(std::string_view text) { return {std::hash<std::string_view>{}(text), text}; }
  bool is_current(size_t place) const;

  std::deque<Entry> entries_;
  uint64_t first_ = 0;  // the number of entries_[0]: as many were there before it
  boost::unordered_flat_map<Key, uint64_t, KeyHash> numbers_;  // of each key's current entry
};

}  // namespace slipway::engine
