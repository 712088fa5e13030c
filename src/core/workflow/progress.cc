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

// Pods below a node, each counted once though several predecessors may lead to it.
Progress sum_below(const std::map<NodeId, Node>& nodes, const Node& top) {
  Progress sum;
  std::unordered_set<const Node*> seen;
  std::vector<const Node*> stack{&top};
  while (!stack.empty()) {
    const Node* node = stack.back();
    stack.pop_back();
    if (!seen.insert(node).second) continue;
    if (node->runs_pod()) {
      const Progress one = progress_of(*node);
      sum.done += one.done;
      sum.total += one.total;
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

json::object nodes_with_progress(const std::map<NodeId, Node>& nodes) {
  json::object out;
  out.reserve(nodes.size());
  for (const auto& [id, node] : nodes) {
    json::object printed = to_status_json(node);
    if (node.runs_pod()) {
      printed["progress"] = progress_of(node).text();
    } else if (nodes.size() <= kSumNodes) {
      printed["progress"] = sum_below(nodes, node).text();
    }
    out[id.value] = std::move(printed);
  }
  return out;
}

}  // namespace slipway::workflow
