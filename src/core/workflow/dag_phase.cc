#include "core/workflow/dag_phase.h"

#include <fmt/format.h>

#include "core/workflow/item.h"

namespace slipway::workflow {
namespace {

const Node* task_node(const Pass& pass, const Frame& frame, std::string_view task) {
  return pass.draft.find_name(fmt::format("{}.{}", frame.name, task));
}

// The phases in which a branch may reach a task.
constexpr uint8_t kSucceededBit = 1, kFailedBit = 2, kErrorBit = 4;

uint8_t bit_of(Phase phase) {
  if (phase == Phase::kFailed) return kFailedBit;
  return phase == Phase::kError ? kErrorBit : kSucceededBit;
}

}  // namespace

expr::TaskResult task_result(const Pass& pass, const Frame& frame, const std::string& task) {
  expr::TaskResult result;
  const Node* node = task_node(pass, frame, task);
  if (node == nullptr) return result;
  result.succeeded = node->phase == Phase::kSucceeded;
  result.failed = node->phase == Phase::kFailed;
  result.errored = node->phase == Phase::kError;
  result.skipped = node->phase == Phase::kSkipped;
  result.omitted = node->phase == Phase::kOmitted;
  result.daemoned = node->daemoned && node->phase != Phase::kPending;
  if (node->type != NodeType::kTaskGroup) return result;
  const auto call = frame.call_by_name.find(task);
  if (call == frame.call_by_name.end()) return result;
  const auto& items = frame.calls[call->second].items;
  result.all_failed = !items.empty();
  for (const Item& item : items) {
    const Node* child = pass.draft.find(item.id);
    if (child == nullptr) continue;
    if (child->phase == Phase::kSucceeded) result.any_succeeded = true;
    if (child->phase != Phase::kFailed) result.all_failed = false;
  }
  return result;
}

bool satisfies_bare(const Pass& pass, const Frame& frame, const std::string& task) {
  const expr::TaskResult result = task_result(pass, frame, task);
  if (result.succeeded || result.skipped || result.daemoned) return true;
  const auto call = frame.call_by_name.find(task);
  const Node* node = task_node(pass, frame, task);
  return call != frame.call_by_name.end() && node != nullptr &&
         continues_on(*frame.calls[call->second].definition, node->phase);
}

Phase assess_dag(const Pass& pass, const Frame& frame) {
  // Breadth first from the roots, each task at most once for each phase a branch brings.
  std::vector<uint8_t> seen(frame.calls.size(), 0), reached(frame.calls.size(), 0);
  std::deque<std::pair<uint32_t, uint8_t>> queue;
  const auto push = [&](uint32_t index, uint8_t bit) {
    if ((seen[index] & bit) != 0) return;
    seen[index] |= bit;
    queue.emplace_back(index, bit);
  };
  for (uint32_t i = 0; i < frame.calls.size(); ++i) {
    if (frame.calls[i].reachable && frame.calls[i].needs.empty()) push(i, kSucceededBit);
  }
  while (!queue.empty()) {
    auto [index, bit] = queue.front();
    queue.pop_front();
    const Node* node = task_node(pass, frame, frame.calls[index].name);
    if (node == nullptr) continue;
    const bool inherits = node->phase == Phase::kSkipped || node->phase == Phase::kOmitted;
    if (!inherits) bit = bit_of(node->phase);
    reached[index] |= bit;
    for (const uint32_t next : frame.calls[index].dependents) {
      if (frame.calls[next].reachable) push(next, bit);
    }
  }
  const json::object* dag = find_object(frame.body, "dag");
  const bool fail_fast = dag == nullptr || get_bool(*dag, "failFast", true);
  Phase result = Phase::kSucceeded;
  for (const uint32_t target : frame.targets) {
    const uint8_t bits = reached[target];
    if ((bits & (kFailedBit | kErrorBit)) == 0) continue;
    const Phase phase = (bits & kErrorBit) != 0 ? Phase::kError : Phase::kFailed;
    if (continues_on(*frame.calls[target].definition, phase)) continue;
    result = phase;
    if (fail_fast) break;  // the first failed target gives the phase, without failFast the last
  }
  return result;
}

}  // namespace slipway::workflow
