#include "core/workflow/progress.h"

#include <fmt/format.h>

#include <charconv>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace slipway::workflow {
namespace {

bool parse_number(std::string_view text, int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number >= 0;
}

void add_resources(const Node& pod, json::object& sum) {
  for (const auto& [key, amount] : pod.resources_duration) {
    if (amount.is_int64()) sum[key] = get_int(sum, key) + amount.get_int64();
  }
}

struct Sums {
  Progress progress;
  json::object resources;
};

// Pods below a node, each counted once though several predecessors may lead to it.
Sums sum_below(const std::map<NodeId, Node>& nodes, const Node& top) {
  Sums sum;
  std::unordered_set<const Node*> seen;
  std::vector<const Node*> stack{&top};
  while (!stack.empty()) {
    const Node* node = stack.back();
    stack.pop_back();
    if (!seen.insert(node).second) continue;
    if (node->runs_pod()) {
      const Progress one = progress_of(*node);
      sum.progress.done += one.done;
      sum.progress.total += one.total;
      add_resources(*node, sum.resources);
    }
    for (const NodeId& id : node->children) {
      const auto found = nodes.find(id);
      if (found != nodes.end()) stack.push_back(&found->second);
    }
  }
  return sum;
}

// Beyond this many nodes the sums of groups are left out: they would cost nodes times depth.
constexpr size_t kSumNodes = 2000;

}  // namespace

std::string Progress::text() const { return fmt::format("{}/{}", done, total); }

Progress progress_of(const Node& node) {
  Progress progress{0, 1};
  const std::string_view text = node.progress;
  const size_t slash = text.find('/');
  Progress told;
  if (slash != text.npos && parse_number(text.substr(0, slash), told.done) &&
      parse_number(text.substr(slash + 1), told.total) && told.total > 0) {
    progress = told;
  }
  if (node.fulfilled()) progress.done = progress.total;
  return progress;
}

json::object nodes_with_sums(const std::map<NodeId, Node>& nodes) {
  json::object out;
  out.reserve(nodes.size());
  for (const auto& [id, node] : nodes) {
    json::object printed = to_status_json(node);
    if (node.runs_pod()) {
      printed["progress"] = progress_of(node).text();
    } else if (nodes.size() <= kSumNodes) {
      Sums sums = sum_below(nodes, node);
      printed["progress"] = sums.progress.text();
      if (node.fulfilled() && !sums.resources.empty()) {
        printed["resourcesDuration"] = std::move(sums.resources);
      }
    }
    out[id.value] = std::move(printed);
  }
  return out;
}

json::object resources_of(const std::map<NodeId, Node>& nodes) {
  json::object sum;
  for (const auto& [id, node] : nodes) {
    if (node.runs_pod()) add_resources(node, sum);
  }
  return sum;
}

}  // namespace slipway::workflow
