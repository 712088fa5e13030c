#include "sim/scenario/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace slipway::sim::scenario {
namespace {

// Digits compare as numbers, so that [10] follows [9].
bool natural_less(std::string_view a, std::string_view b) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (digit(a[i]) && digit(b[j])) {
      size_t m = i, n = j;
      while (m < a.size() && digit(a[m])) ++m;
      while (n < b.size() && digit(b[n])) ++n;
      if (m - i != n - j) return m - i < n - j;
      const int order = a.substr(i, m - i).compare(b.substr(j, n - j));
      if (order != 0) return order < 0;
      i = m, j = n;
      continue;
    }
    if (a[i] != b[j]) return a[i] < b[j];
    ++i, ++j;
  }
  return a.size() - i < b.size() - j;
}

struct NaturalLess {
  bool operator()(const std::string& a, const std::string& b) const {
    return a != b && (natural_less(a, b) || (!natural_less(b, a) && a < b));
  }
};

using ByName = std::map<std::string, const json::object*, NaturalLess>;

ByName by_name(const json::object& workflow) {
  ByName nodes;
  for (const auto& member : nodes_of(workflow)) {
    if (!member.value().is_object()) continue;
    const json::object& node = member.value().get_object();
    nodes[get_string(node, "name")] = &node;
  }
  return nodes;
}

// The longest name of another node that `name` goes on from.
std::string parent_of(const std::string& name, const ByName& nodes) {
  for (size_t at = name.size(); at-- > 1;) {
    if (name[at] != '.' && name[at] != '[' && name[at] != '(') continue;
    std::string before = name.substr(0, at);
    if (nodes.contains(before)) return before;
  }
  return {};
}

void draw(const std::string& name, const std::string& parent, int depth, const ByName& nodes,
          const std::map<std::string, std::vector<std::string>>& below, std::string& text) {
  const json::object& node = *nodes.at(name);
  std::string_view shown = std::string_view(name).substr(parent.size());
  if (!parent.empty() && shown.starts_with('.')) shown.remove_prefix(1);
  text += fmt::format("{:{}}{} {} {}\n", "", depth * 2, shown, get_string(node, "type"),
                      phase_text(node));
  const auto children = below.find(name);
  if (children == below.end()) return;
  for (const std::string& child : children->second) {
    draw(child, name, depth + 1, nodes, below, text);
  }
}

}  // namespace

const json::object& nodes_of(const json::object& workflow) {
  return object_of(object_of(workflow, "status"), "nodes");
}

std::string draw_tree(const json::object& workflow) {
  const ByName nodes = by_name(workflow);
  std::map<std::string, std::vector<std::string>> below;
  for (const auto& [name, node] : nodes) below[parent_of(name, nodes)].push_back(name);
  std::string text;
  for (const std::string& top : below[""]) draw(top, "", 0, nodes, below, text);
  return text;
}

std::string draw_edges(const json::object& workflow) {
  const json::object& nodes = nodes_of(workflow);
  std::string text;
  for (const auto& [name, node] : by_name(workflow)) {
    const json::array* children = find_array(*node, "children");
    if (children == nullptr || children->empty()) continue;
    std::vector<std::string> names;
    for (const json::value& id : *children) {
      const json::value* child = nodes.if_contains(id.as_string());
      names.push_back(child != nullptr ? get_string(child->as_object(), "name")
                                       : str(id.get_string()) + " (no such node)");
    }
    std::sort(names.begin(), names.end(), NaturalLess{});
    text += fmt::format("{} -> {}\n", name, fmt::join(names, ", "));
  }
  return text;
}

std::string phase_text(const json::object& status) {
  const std::string message = get_string(status, "message");
  std::string text = get_string(status, "phase");
  if (!message.empty()) text += ": " + message;
  for (size_t at = 0; (at = text.find('\n', at)) != text.npos; at += 2) text.replace(at, 1, "\\n");
  return text;
}

}  // namespace slipway::sim::scenario
