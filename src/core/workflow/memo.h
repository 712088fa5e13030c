// Results kept between workflows: a template's `memoize` (spec a10, rule 63). A cache is a
// ConfigMap of the catalog with one entry a key, in Argo's form.
#pragma once

#include <optional>
#include <string>

#include "core/workflow/pass.h"

namespace slipway::workflow {

inline constexpr std::string_view kLabelConfigMapType = "workflows.argoproj.io/configmap-type";
inline constexpr std::string_view kConfigMapTypeCache = "Cache";

struct Memo {
  json::object status;                  // of the node: {hit, key, cacheName}
  std::optional<json::object> outputs;  // of a hit
};

// What the cache has for a template whose `memoize` is resolved. An Error when the key is no key,
// the age no duration, or the ConfigMap no cache.
Result<Memo> recall(Pass& pass, const json::object& memoize);

// The node has just succeeded: what it gives is kept when it was looked for and not found.
void remember(Pass& pass, const Node& node);

// A ConfigMap with `writes` to it; the other entries stay, those hit longest ago leave when it
// would grow beyond limit::kConfigMapBytes.
json::object with_entries(const json::object& config_map, const std::vector<CacheWrite>& writes);

}  // namespace slipway::workflow
