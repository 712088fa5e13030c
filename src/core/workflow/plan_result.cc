#include "core/workflow/plan_result.h"

namespace slipway::workflow {

std::string step_name(std::string_view node_name, std::string_view boundary_name) {
  if (!node_name.starts_with(boundary_name)) return {};
  node_name.remove_prefix(boundary_name.size());
  if (node_name.starts_with('[')) {
    const size_t close = node_name.find(']');
    node_name.remove_prefix(close == node_name.npos ? node_name.size() : close + 1);
  }
  if (node_name.starts_with('.')) node_name.remove_prefix(1);
  return std::string(node_name.substr(0, node_name.find('(')));
}

std::set<std::string> result_references(const json::object& templ) {
  constexpr std::string_view kResult = ".outputs.result";
  std::set<std::string> names;
  const std::string text = print_json(templ);
  for (size_t at = text.find(kResult); at != text.npos; at = text.find(kResult, at + 1)) {
    const std::string_view before = std::string_view(text).substr(0, at);
    for (const auto& [open, close] :
         {std::pair<std::string_view, std::string_view>{"['", "']"}, {"[\\\"", "\\\"]"}}) {
      if (!before.ends_with(close)) continue;
      const size_t start = before.rfind(open);
      if (start == before.npos || start + open.size() > at - close.size()) continue;
      names.emplace(before.substr(start + open.size(), at - close.size() - start - open.size()));
    }
    const size_t dot = before.rfind('.');
    if (dot == before.npos) continue;
    const std::string_view caller = before.substr(0, dot);
    if (caller.ends_with("steps") || caller.ends_with("tasks")) {
      names.emplace(before.substr(dot + 1));
    }
  }
  return names;
}

bool refers_to_result(const json::object& templ, std::string_view name) {
  return !name.empty() && result_references(templ).contains(std::string(name));
}

}  // namespace slipway::workflow
