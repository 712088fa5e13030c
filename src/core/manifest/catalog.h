// The objects that are applied and not workflows: templates, sources, sensors, ConfigMaps, Secrets,
// claims. A value; the engine owns the one that counts.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/manifest/resource.h"

namespace slipway::manifest {

class Catalog {
 public:
  // Inserts or replaces.
  void put(Resource resource);
  // False when it was not there.
  bool remove(const ResourceKey& key);

  // nullptr when absent. Borrowed until the next put or remove of the same key.
  const Resource* find(const ResourceKey& key) const;
  const Resource* find(Kind kind, std::string_view ns, std::string_view name) const;

  // In key order; an empty namespace means all.
  std::vector<const Resource*> list(Kind kind, std::string_view ns = {}) const;

  // data[key] of a ConfigMap; kNotFound names what is missing.
  Result<std::string> config_map_value(std::string_view ns, std::string_view name,
                                       std::string_view key) const;
  // Decoded data[key] (base64) or stringData[key] of a Secret; kNotFound names what is missing.
  Result<std::string> secret_value(std::string_view ns, std::string_view name,
                                   std::string_view key) const;

  size_t size() const { return resources_.size(); }
  const std::map<ResourceKey, Resource>& all() const { return resources_; }

 private:
  std::map<ResourceKey, Resource> resources_;
};

}  // namespace slipway::manifest
