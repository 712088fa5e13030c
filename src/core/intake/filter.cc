#include <map>

#include "core/expr/exprlang/exprlang.h"
#include "core/intake/provider.h"

namespace slipway::intake {
namespace {

// Sets `value` below the dotted parts of `key`; a scalar in the way gives way, since the more
// specific key wins.
void place(json::object& object, std::string_view key, const json::value& value) {
  const size_t dot = key.find('.');
  if (dot == std::string_view::npos) {
    object[key] = value;
    return;
  }
  json::value& child = object[key.substr(0, dot)];
  if (!child.is_object()) child = json::object();
  place(child.get_object(), key.substr(dot + 1), value);
}

// Top-level names as expressions see them (spec events.md, a1): `-` becomes `_`, dots nest.
json::object environment(const json::object& data) {
  std::map<std::string, const json::value*> sorted;
  for (const auto& member : data) {
    std::string key(member.key());
    std::replace(key.begin(), key.end(), '-', '_');
    sorted[std::move(key)] = &member.value();
  }
  json::object out;
  for (const auto& [key, value] : sorted) {
    if (std::count(key.begin(), key.end(), '.') > 64) continue;
    place(out, key, *value);
  }
  return out;
}

}  // namespace

std::optional<std::string> dropped_by_filter(const json::object& config, const json::value& data) {
  const json::object* filter = find_object(config, "filter");
  const std::string expression = filter != nullptr ? get_string(*filter, "expression") : "";
  if (expression.empty()) return std::nullopt;
  if (!data.is_object()) return "filter.expression needs an object as event data";
  const Result<bool> passed = expr::evaluate_bool(expression, environment(data.get_object()));
  if (!passed.ok()) {
    return "filter.expression '" + expression + "' failed: " + passed.error().text();
  }
  if (!*passed) return "filter.expression '" + expression + "' is false";
  return std::nullopt;
}

}  // namespace slipway::intake
