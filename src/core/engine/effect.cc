#include "core/engine/effect.h"

#include <fmt/format.h>

namespace slipway::engine {

EffectId start_id(const PodId& pod) { return EffectId("start/" + pod.value); }
EffectId stop_id(const PodId& pod) { return EffectId("stop/" + pod.value); }
EffectId remove_id(const PodId& pod) { return EffectId("remove/" + pod.value); }

EffectId request_id(const WorkflowUid& workflow, const NodeId& node, int attempt) {
  return EffectId(fmt::format("request/{}/{}/{}", workflow.value, node.value, attempt));
}

EffectId claim_id(std::string_view ns, std::string_view name) {
  return EffectId(fmt::format("claim/{}/{}", ns, name));
}

EffectId read_id(const WorkflowUid& workflow, const NodeId& node) {
  return EffectId(fmt::format("read/{}/{}", workflow.value, node.value));
}

EffectId artifact_id(std::string_view key) { return EffectId(fmt::format("artifact/{}", key)); }

EffectId trigger_id(const EventId& event, std::string_view sensor, std::string_view trigger,
                    size_t index) {
  return EffectId(fmt::format("trigger/{}/{}/{}/{}", event.value, sensor, trigger, index));
}

EventId event_of_trigger(const EffectId& id) {
  constexpr std::string_view kPrefix = "trigger/";
  if (!id.value.starts_with(kPrefix)) return {};
  const size_t end = id.value.find('/', kPrefix.size());
  return EventId(id.value.substr(kPrefix.size(), end - kPrefix.size()));
}

void EffectSet::add(Effect effect) {
  const auto [at, inserted] = by_id_.try_emplace(effect.id, next_);
  if (inserted) by_sequence_.emplace(next_++, std::move(effect));
}

void EffectSet::remove(const EffectId& id) {
  const auto at = by_id_.find(id);
  if (at == by_id_.end()) return;
  by_sequence_.erase(at->second);
  by_id_.erase(at);
}

const Effect* EffectSet::find(const EffectId& id) const {
  const auto at = by_id_.find(id);
  return at == by_id_.end() ? nullptr : &by_sequence_.at(at->second);
}

std::vector<const Effect*> EffectSet::after(uint64_t sequence) const {
  std::vector<const Effect*> effects;
  for (auto at = by_sequence_.upper_bound(sequence); at != by_sequence_.end(); ++at) {
    effects.push_back(&at->second);
  }
  return effects;
}

}  // namespace slipway::engine
