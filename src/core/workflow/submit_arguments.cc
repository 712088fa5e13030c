#include "core/workflow/submit_arguments.h"

#include <algorithm>

namespace slipway::workflow {

json::object& member_object(json::object& parent, std::string_view key) {
  // Not operator[] alone: Boost makes room for one more, and so moves all, even when there is one.
  json::value* member = parent.if_contains(key);
  if (member == nullptr) member = &parent[key];
  return member->is_object() ? member->get_object() : member->emplace_object();
}

void override_parameters(json::object& spec,
                         const std::vector<std::pair<std::string, std::string>>& parameters) {
  if (parameters.empty()) return;
  json::object& arguments = member_object(spec, "arguments");
  json::array merged;
  for (auto it = parameters.begin(); it != parameters.end(); ++it) {
    const bool repeated = std::any_of(std::next(it), parameters.end(),
                                      [&](const auto& later) { return later.first == it->first; });
    if (!repeated) merged.push_back(json::object{{"name", it->first}, {"value", it->second}});
  }
  if (const json::array* before = find_array(arguments, "parameters")) {
    for (const json::value& item : *before) {
      const std::string name = item.is_object() ? get_string(item.get_object(), "name") : "";
      const bool passed = std::any_of(parameters.begin(), parameters.end(),
                                      [&](const auto& given) { return given.first == name; });
      if (!passed) merged.push_back(item);
    }
  }
  arguments["parameters"] = std::move(merged);
}

}  // namespace slipway::workflow
