// One pass over a run, and what follows from it outside of the run.
#include "core/engine/model.h"
#include "core/engine/phase_sample.h"
#include "core/workflow/expiry.h"
#include "core/workflow/memo.h"

namespace slipway::engine {
namespace {

// The ConfigMap as the events decided so far leave it.
manifest::Resource cache_as_decided(const Model& model, const std::vector<Event>& events,
                                    const manifest::ResourceKey& key) {
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    const auto* put = std::get_if<ResourcePut>(&event->body);
    if (put != nullptr && put->resource.key() == key) return put->resource;
  }
  if (const manifest::Resource* stored = model.catalog.find(key)) return *stored;
  json::object labels{
      {workflow::kLabelConfigMapType, json::string_view(workflow::kConfigMapTypeCache)}};
  json::object metadata{{"name", key.name}, {"namespace", key.ns}, {"labels", std::move(labels)}};
  return {manifest::Kind::kConfigMap,
          {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", std::move(metadata)}}};
}

void write_caches(const Model& model, Time now, uint64_t entropy, const std::string& ns,
                  const std::vector<workflow::CacheWrite>& writes, std::vector<Event>& events) {
  std::map<std::string, std::vector<workflow::CacheWrite>> by_map;
  for (const workflow::CacheWrite& write : writes) by_map[write.config_map].push_back(write);
  Random random(entropy);
  for (const auto& [name, some] : by_map) {
    manifest::Resource cache =
        cache_as_decided(model, events, {manifest::Kind::kConfigMap, ns, name});
    cache.object = workflow::with_entries(cache.object, some);
    cache = stored_form(model, now, random.next(), events, cache);
    events.push_back({now, ResourcePut{std::move(cache)}});
  }
}

}  // namespace

void advance_run(const Model& model, Time now, uint64_t entropy, const workflow::Run& run,
                 const workflow::Happening& happening, Decision& decision, bool quiet) {
  workflow::World world = world_of(model, now, entropy);
  if (const auto source = model.estimates.empty() ? std::nullopt : workflow::estimated_by(run)) {
    const auto known = model.estimates.find(*source);
    if (known != model.estimates.end()) world.estimate = &known->second;
  }
  workflow::Delta delta = workflow::advance(run, happening, world);
  if (delta.empty() && !quiet) return;
  delta.uid = run.uid();
  delta.at = now;
  workflow::PodGc gc = workflow::pods_to_collect(run, delta, world);
  const std::vector<workflow::CacheWrite> caches = std::move(delta.caches);
  for (workflow::Sample& sample : delta.samples) decision.samples.push_back(std::move(sample));
  delta.samples.clear();
  add_phase_samples(run, delta, decision.samples);
  std::vector<Event>& events = decision.events;
  events.push_back({now, WorkflowAdvanced{std::move(delta)}});
  if (!caches.empty()) write_caches(model, now, entropy ^ 1, run.ns(), caches, events);
  if (!gc.pods.empty()) events.push_back({now, PodsReleased{now + gc.delay, std::move(gc.pods)}});
}

}  // namespace slipway::engine
