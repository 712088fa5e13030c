#include "core/workflow/memo.h"

#include <fmt/format.h>

#include "base/limit.h"
#include "core/expr/golang/golang.h"
#include "core/workflow/globals.h"

namespace slipway::workflow {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// ^[a-zA-Z0-9][-a-zA-Z0-9]*$
bool is_cache_key(std::string_view key) {
  if (key.empty() || !is_alphanumeric(key[0])) return false;
  return std::all_of(key.begin(), key.end(), [](char c) { return is_alphanumeric(c) || c == '-'; });
}

// The entry as it is after what this pass has written already; nullopt when there is none.
Result<std::optional<json::object>> find_entry(const Pass& pass, const std::string& cache,
                                               const std::string& key) {
  for (const CacheWrite& write : pass.caches) {
    if (write.config_map == cache && write.key == key) return std::optional(write.entry);
  }
  const manifest::Resource* map =
      pass.world.catalog.find(manifest::Kind::kConfigMap, pass.draft.run().ns(), cache);
  if (map == nullptr) return std::optional<json::object>();
  const json::object* labels = find_object(map->metadata(), "labels");
  if (labels == nullptr || get_string(*labels, kLabelConfigMapType) != kConfigMapTypeCache) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("ConfigMap {} has no label {}: {} and is not used as a cache", cache,
                             kLabelConfigMapType, kConfigMapTypeCache),
                 {}};
  }
  const json::object* data = find_object(map->object, "data");
  const std::string text = data != nullptr ? get_string(*data, key) : std::string();
  if (text.empty()) return std::optional<json::object>();
  auto entry = parse_json(text);
  if (!entry.ok() || !entry->is_object()) {
    return Error{
        ErrorCode::kInvalid,
        fmt::format("malformed cache entry {} in ConfigMap {}: it is no JSON object", key, cache),
        {}};
  }
  return std::optional(std::move(entry->get_object()));
}

void write_entry(Pass& pass, const std::string& cache, const std::string& key, json::object entry) {
  for (CacheWrite& write : pass.caches) {
    if (write.config_map == cache && write.key == key) {
      write.entry = std::move(entry);
      return;
    }
  }
  pass.caches.push_back({cache, key, std::move(entry)});
}

Result<bool> is_fresh(const json::object& memoize, const json::object& entry, Time now) {
  const std::string text = get_string(memoize, "maxAge");
  if (text.empty()) return true;
  const auto age = expr::parse_go_duration(text);
  if (!age.ok()) {
    return Error{
        ErrorCode::kInvalid,
        fmt::format("invalid maxAge \"{}\": it is no Go duration, such as 90s or 24h", text),
        {}};
  }
  const auto made = parse_rfc3339(get_string(entry, "creationTimestamp"));
  return made.ok() && now - *made <= *age;
}

Time last_hit(const json::value& text) {
  const auto entry = text.is_string() ? parse_json(view(text.get_string())) : json::value();
  if (!entry.ok() || !entry->is_object()) return {};
  const auto time = parse_rfc3339(get_string(entry->get_object(), "lastHitTimestamp"));
  return time.ok() ? *time : Time{};
}

size_t size_of(const json::object& data) {
  size_t bytes = 0;
  for (const auto& member : data) {
    bytes += member.key().size();
    if (member.value().is_string()) bytes += member.value().get_string().size();
  }
  return bytes;
}

}  // namespace

Result<Memo> recall(Pass& pass, const json::object& memoize) {
  const json::value* key_value = find(memoize, "key");
  const std::string key = key_value != nullptr ? any_string(*key_value) : std::string();
  if (!is_cache_key(key)) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("invalid cache key: {}; it may hold letters, digits and dashes", key),
                 {}};
  }
  const json::value* name = find_path(memoize, {"cache", "configMap", "name"});
  const std::string cache = name != nullptr ? any_string(*name) : std::string();
  if (cache.empty()) {
    return Error{ErrorCode::kInvalid, "memoize.cache.configMap.name is empty", {}};
  }
  TRY_ASSIGN(std::optional<json::object> entry, find_entry(pass, cache, key));
  bool hit = entry && !get_string(*entry, "nodeID").empty();
  if (hit) {
    TRY_ASSIGN(hit, is_fresh(memoize, *entry, pass.now()));
  }
  Memo memo;
  memo.status = {{"hit", hit}, {"key", key}, {"cacheName", cache}};
  if (!hit) return memo;
  const json::object* outputs = find_object(*entry, "outputs");
  memo.outputs = outputs != nullptr ? *outputs : json::object{};
  (*entry)["lastHitTimestamp"] = format_rfc3339(pass.now());
  write_entry(pass, cache, key, std::move(*entry));
  return memo;
}

void remember(Pass& pass, const Node& node) {
  if (node.memoization_status.empty() || get_bool(node.memoization_status, "hit")) return;
  json::object entry{{"nodeID", node.id.value}};
  if (!node.outputs.empty()) entry["outputs"] = node.outputs;
  entry["creationTimestamp"] = format_rfc3339(pass.now());
  entry["lastHitTimestamp"] = format_rfc3339(pass.now());
  write_entry(pass, get_string(node.memoization_status, "cacheName"),
              get_string(node.memoization_status, "key"), std::move(entry));
}

json::object with_entries(const json::object& config_map, const std::vector<CacheWrite>& writes) {
  json::object changed = config_map;
  json::value& data = changed["data"];
  if (!data.is_object()) data.emplace_object();
  json::object& entries = data.get_object();
  for (const CacheWrite& write : writes) entries[write.key] = print_json(write.entry);
  while (size_of(entries) > limit::kConfigMapBytes && entries.size() > 1) {
    auto oldest = entries.begin();
    for (auto at = entries.begin(); at != entries.end(); ++at) {
      if (last_hit(at->value()) < last_hit(oldest->value())) oldest = at;
    }
    entries.erase(oldest);
  }
  return changed;
}

}  // namespace slipway::workflow
