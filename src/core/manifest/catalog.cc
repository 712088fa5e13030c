#include "core/manifest/catalog.h"

#include <fmt/format.h>

#include "base/base64.h"

namespace slipway::manifest {
namespace {

Error missing_object(Kind kind, std::string_view ns, std::string_view name) {
  return {
      ErrorCode::kNotFound, fmt::format("{} {}/{} does not exist", to_string(kind), ns, name), {}};
}

Error missing_key(Kind kind, std::string_view ns, std::string_view name, std::string_view key) {
  return {ErrorCode::kNotFound,
          fmt::format("{} {}/{} has no key {:?}", to_string(kind), ns, name, key),
          {}};
}

const json::string* find_text(const Resource& resource, std::string_view member,
                              std::string_view key) {
  const json::object* data = slipway::find_object(resource.object, member);
  return data != nullptr ? slipway::find_string(*data, key) : nullptr;
}

}  // namespace

void Catalog::put(Resource resource) {
  ResourceKey key = resource.key();
  resources_.insert_or_assign(std::move(key), std::move(resource));
}

bool Catalog::remove(const ResourceKey& key) { return resources_.erase(key) > 0; }

const Resource* Catalog::find(const ResourceKey& key) const {
  const auto found = resources_.find(key);
  return found != resources_.end() ? &found->second : nullptr;
}

const Resource* Catalog::find(Kind kind, std::string_view ns, std::string_view name) const {
  if (!is_namespaced(kind)) ns = {};
  return find(ResourceKey{kind, std::string(ns), std::string(name)});
}

std::vector<const Resource*> Catalog::list(Kind kind, std::string_view ns) const {
  std::vector<const Resource*> out;
  if (!is_namespaced(kind)) ns = {};
  const ResourceKey first{kind, std::string(ns), {}};
  for (auto it = resources_.lower_bound(first); it != resources_.end(); ++it) {
    if (it->first.kind != kind || (!ns.empty() && it->first.ns != ns)) break;
    out.push_back(&it->second);
  }
  return out;
}

Result<std::string> Catalog::config_map_value(std::string_view ns, std::string_view name,
                                              std::string_view key) const {
  const Resource* map = find(Kind::kConfigMap, ns, name);
  if (map == nullptr) return missing_object(Kind::kConfigMap, ns, name);
  if (const json::string* text = find_text(*map, "data", key)) return str(*text);
  if (const json::string* text = find_text(*map, "binaryData", key)) {
    if (auto bytes = decode_base64(view(*text)); bytes.ok()) return std::move(*bytes);
    return Error{ErrorCode::kInvalid,
                 fmt::format("ConfigMap {}/{}: binaryData[{:?}] is not base64", ns, name, key),
                 {}};
  }
  return missing_key(Kind::kConfigMap, ns, name, key);
}

Result<std::string> Catalog::secret_value(std::string_view ns, std::string_view name,
                                          std::string_view key) const {
  const Resource* secret = find(Kind::kSecret, ns, name);
  if (secret == nullptr) return missing_object(Kind::kSecret, ns, name);
  // stringData wins, as it does when the API server merges it into data.
  if (const json::string* text = find_text(*secret, "stringData", key)) return str(*text);
  const json::string* text = find_text(*secret, "data", key);
  if (text == nullptr) return missing_key(Kind::kSecret, ns, name, key);
  if (auto bytes = decode_base64(view(*text)); bytes.ok()) return std::move(*bytes);
  return Error{ErrorCode::kInvalid,
               fmt::format("Secret {}/{}: data[{:?}] is not base64; use stringData for plain text",
                           ns, name, key),
               {}};
}

}  // namespace slipway::manifest
