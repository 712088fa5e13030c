#include "core/workflow/plan_result.h"

#include <fmt/format.h>

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

bool refers_to_result(const json::object& templ, std::string_view name) {
  if (name.empty()) return false;
  const std::string text = print_json(templ);
  for (const std::string& reference :
       {fmt::format("steps.{}.outputs.result", name), fmt::format("tasks.{}.outputs.result", name),
        fmt::format("['{}'].outputs.result", name),
        fmt::format("[\\\"{}\\\"].outputs.result", name)}) {
    if (text.find(reference) != text.npos) return true;
  }
  return false;
}

}  // namespace slipway::workflow
