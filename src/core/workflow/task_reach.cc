#include "core/workflow/task_reach.h"

namespace slipway::workflow {

constexpr size_t kBits = 64;

TaskReach::TaskReach(const Edges& needs) : needs_(needs.size()), ordered_(needs.size(), false) {
  for (const auto& [task, _] : needs) number_.emplace(task, number_.size());
  std::vector<size_t> unmet(needs.size(), 0);
  std::vector<std::vector<size_t>> dependents(needs.size());
  size_t task = 0;
  for (const auto& [_, names] : needs) {
    for (const std::string& name : names) {
      const auto need = number_.find(name);
      if (need == number_.end()) continue;
      needs_[task].push_back(need->second);
      dependents[need->second].push_back(task);
      ++unmet[task];
    }
    if (unmet[task] == 0) order_.push_back(task);
    ++task;
  }
  for (size_t i = 0; i < order_.size(); ++i) {
    ordered_[order_[i]] = true;
    for (const size_t dependent : dependents[order_[i]]) {
      if (--unmet[dependent] == 0) order_.push_back(dependent);
    }
  }
}

bool TaskReach::waits_for(std::string_view task, std::string_view other) {
  ++visits_;
  const auto from = number_.find(task), to = number_.find(other);
  if (from == number_.end() || to == number_.end()) return false;
  if (!ordered_[from->second]) return true;
  const uint64_t bit = uint64_t{1} << (to->second % kBits);
  return (table(to->second / kBits)[from->second] & bit) != 0;
}

const std::vector<uint64_t>& TaskReach::table(size_t block) {
  const auto [place, fresh] = tables_.try_emplace(block);
  std::vector<uint64_t>& bits = place->second;
  if (!fresh) return bits;
  bits.resize(needs_.size(), 0);
  for (const size_t task : order_) {
    for (const size_t need : needs_[task]) {
      ++visits_;
      bits[task] |= bits[need];
      if (need / kBits == block) bits[task] |= uint64_t{1} << (need % kBits);
    }
  }
  return bits;
}

}  // namespace slipway::workflow
