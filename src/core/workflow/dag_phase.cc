#include "core/workflow/dag_phase.h"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <set>

#include "core/workflow/item.h"

namespace slipway::workflow {
namespace {

const Node* task_node(const Pass& pass, const Frame& frame, std::string_view task) {
  return pass.draft.find_name(fmt::format("{}.{}", frame.name, task));
}

bool is_failure(Phase phase) { return phase == Phase::kFailed || phase == Phase::kError; }
bool has_run(Phase phase) { return phase == Phase::kSucceeded || is_failure(phase); }

// A Retry's attempts say nothing that it does not say itself: what follows them is looked at, and
// its hooks are.
std::vector<NodeId> next_nodes(const Draft& draft, const Node& node) {
  std::vector<NodeId> below = draft.children(node.id);
  if (node.type != NodeType::kRetry) return below;
  std::vector<NodeId> next;
  for (auto id = below.rbegin(); id != below.rend(); ++id) {
    const Node* child = draft.find(*id);
    if (child == nullptr) continue;
    if (child->hooked) {
      next.push_back(*id);
    } else {
      for (NodeId& after : draft.children(*id)) next.push_back(std::move(after));
    }
  }
  return next;
}

// The targets' phases: of those that did not run, what the branch last did that leads to them. The
// first failure that is found stays. Breadth first over all nodes, also those inside of tasks, each
// at most once for each phase that a branch brings (Argo's assessDAGPhase).
void follow_branches(const Draft& draft, const NodeId& dag, std::map<NodeId, Phase>& targets) {
  std::set<std::pair<NodeId, Phase>> seen;
  std::deque<std::pair<NodeId, Phase>> queue;
  const auto push = [&](std::vector<NodeId> nodes, Phase branch) {
    for (NodeId& id : nodes) {
      if (seen.insert({id, branch}).second) queue.emplace_back(std::move(id), branch);
    }
  };
  push(draft.children(dag), Phase::kSucceeded);
  while (!queue.empty()) {
    const auto [id, branch] = queue.front();
    queue.pop_front();
    const Node* node = draft.find(id);
    if (node == nullptr) continue;
    const Phase phase = has_run(node->phase) ? node->phase : branch;
    const auto target = targets.find(id);
    if (target != targets.end() && !is_failure(target->second)) target->second = phase;
    push(next_nodes(draft, *node), phase);
  }
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
  std::map<NodeId, Phase> phases;
  for (const uint32_t target : frame.targets) {
    const Node* node = task_node(pass, frame, frame.calls[target].name);
    if (node != nullptr) phases.emplace(node->id, Phase::kSucceeded);
  }
  follow_branches(pass.draft, frame.id, phases);
  const json::object* dag = find_object(frame.body, "dag");
  const bool fail_fast = dag == nullptr || get_bool(*dag, "failFast", true);
  Phase result = Phase::kSucceeded;
  for (const uint32_t target : frame.targets) {
    const Node* node = task_node(pass, frame, frame.calls[target].name);
    const Phase phase = node != nullptr ? phases[node->id] : Phase::kSucceeded;
    if (!is_failure(phase) || continues_on(*frame.calls[target].definition, phase)) continue;
    result = phase;
    if (fail_fast) break;  // the first failed target gives the phase, without failFast the last
  }
  return result;
}

}  // namespace slipway::workflow
