#include "core/engine/act_table.h"

namespace slipway::engine {
namespace {

constexpr Duration kPause = Duration::seconds(1);

}  // namespace

void ActTable::schedule(const ActKey& key, Entry& entry, Time at) {
  if (entry.due && *entry.due <= at) return;
  if (entry.due) due_.erase({*entry.due, key});
  entry.due = at;
  due_.insert({at, key});
}

void ActTable::want(const ActKey& key, const std::string& watches) {
  Entry& entry = wanted_[key];
  if (!watches.empty()) watchers_[watches].insert(key);
  schedule(key, entry, Time{});
}

void ActTable::drop(const ActKey& key, const std::string& watches) {
  if (!watches.empty()) {
    const auto object = watchers_.find(watches);
    if (object != watchers_.end()) {
      object->second.erase(key);
      if (object->second.empty()) watchers_.erase(object);
    }
  }
  const auto found = wanted_.find(key);
  if (found == wanted_.end()) return;
  if (found->second.due) due_.erase({*found->second.due, key});
  wanted_.erase(found);
}

void ActTable::tried(const ActKey& key, Time at) {
  const auto found = wanted_.find(key);
  if (found == wanted_.end()) return;
  Entry& entry = found->second;
  if (entry.due) due_.erase({*entry.due, key});
  entry.due.reset();
  entry.tried = at;
}

void ActTable::touch(const std::string& object, Time at, bool at_once) {
  const auto watchers = watchers_.find(object);
  if (watchers == watchers_.end()) return;
  for (const ActKey& key : watchers->second) {
    Entry& entry = wanted_[key];
    const bool soon = !at_once && entry.tried && *entry.tried + kPause > at;
    schedule(key, entry, at_once ? Time{} : soon ? *entry.tried + kPause : at);
  }
}

std::optional<ActKey> ActTable::due(Time now) const {
  if (due_.empty() || due_.begin()->first > now) return std::nullopt;
  return due_.begin()->second;
}

std::optional<Time> ActTable::next() const {
  return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
}

}  // namespace slipway::engine
