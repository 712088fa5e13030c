#include "core/workflow/dag_plan.h"

#include <fmt/format.h>

namespace slipway::workflow {
namespace {

Error bad_dag(std::string message) { return {ErrorCode::kInvalid, std::move(message), {}}; }

Status add_task(Frame& frame, const json::object& definition, const json::object* written) {
  Call call;
  call.written = written;
  call.name = get_string(definition, "name");
  call.definition = &definition;
  call.loop = find(definition, "withItems") != nullptr ||
              find(definition, "withParam") != nullptr ||
              find(definition, "withSequence") != nullptr;
  if (const std::string depends = get_string(definition, "depends"); !depends.empty()) {
    TRY_ASSIGN(call.depends, expr::Depends::parse(depends));
  } else if (const json::array* names = find_array(definition, "dependencies")) {
    std::vector<std::string> list;
    for (const json::value& name : *names) {
      if (name.is_string()) list.push_back(str(name.get_string()));
    }
    if (!list.empty()) call.depends = expr::Depends::all_of(list);
  }
  const auto index = static_cast<uint32_t>(frame.calls.size());
  if (!frame.call_by_name.emplace(call.name, index).second) {
    return bad_dag(fmt::format("two tasks are called '{}'", call.name));
  }
  frame.calls.push_back(std::move(call));
  return {};
}

Status link_tasks(Frame& frame) {
  for (uint32_t i = 0; i < frame.calls.size(); ++i) {
    Call& call = frame.calls[i];
    if (!call.depends) continue;
    for (const std::string& name : call.depends->tasks()) {
      const auto found = frame.call_by_name.find(name);
      if (found == frame.call_by_name.end()) {
        return bad_dag(fmt::format("task '{}' depends on '{}', which is no task of this DAG",
                                   call.name, name));
      }
      call.needs.push_back(found->second);
      frame.calls[found->second].dependents.push_back(i);
    }
    call.unmet = static_cast<uint32_t>(call.needs.size());
  }
  return {};
}

Status choose_targets(Frame& frame) {
  const json::object* dag = find_object(frame.body, "dag");
  const std::string target = dag != nullptr ? get_string(*dag, "target") : std::string();
  size_t at = 0;
  while ((at = target.find_first_not_of(' ', at)) != target.npos) {
    const size_t end = std::min(target.find(' ', at), target.size());
    const std::string name = target.substr(at, end - at);
    const auto found = frame.call_by_name.find(name);
    if (found == frame.call_by_name.end()) {
      return bad_dag(fmt::format("target '{}' is no task of this DAG", name));
    }
    frame.targets.push_back(found->second);
    at = end;
  }
  if (!frame.targets.empty()) return {};
  for (uint32_t i = 0; i < frame.calls.size(); ++i) {
    if (frame.calls[i].dependents.empty()) frame.targets.push_back(i);
  }
  std::sort(frame.targets.begin(), frame.targets.end(),
            [&](uint32_t a, uint32_t b) { return frame.calls[a].name < frame.calls[b].name; });
  return {};
}

// Marks what the targets need, depth first, and finds the tasks to begin with in that order. The
// stack is explicit: a chain of ten thousand tasks is no deeper than another.
Status walk(Frame& frame) {
  enum class Mark : uint8_t { kNew, kOpen, kDone };
  std::vector<Mark> marks(frame.calls.size(), Mark::kNew);
  uint32_t rank = 0;
  for (const uint32_t target : frame.targets) {
    std::vector<std::pair<uint32_t, size_t>> stack;
    if (marks[target] == Mark::kNew) stack.emplace_back(target, 0);
    while (!stack.empty()) {
      auto& [index, next] = stack.back();
      Call& call = frame.calls[index];
      marks[index] = Mark::kOpen;
      if (next < call.needs.size()) {
        const uint32_t need = call.needs[next++];
        if (marks[need] == Mark::kOpen) {
          return bad_dag(fmt::format("the tasks depend on each other in a circle through '{}'",
                                     frame.calls[need].name));
        }
        if (marks[need] == Mark::kNew) stack.emplace_back(need, 0);
        continue;
      }
      marks[index] = Mark::kDone;
      call.reachable = true;
      call.rank = rank++;
      if (call.needs.empty()) frame.ready.insert({call.rank, index});
      stack.pop_back();
    }
  }
  for (const Call& call : frame.calls) {
    if (!call.reachable && frame.targets.empty()) {
      return bad_dag("the tasks depend on each other in a circle");
    }
  }
  return {};
}

}  // namespace

Status plan_dag(Frame& frame) {
  const json::object* dag = find_object(frame.body, "dag");
  const json::array* tasks = dag != nullptr ? find_array(*dag, "tasks") : nullptr;
  if (tasks == nullptr || tasks->empty()) return bad_dag("the DAG has no tasks");
  frame.calls.reserve(tasks->size());
  // The same places in the template that still has its tags.
  const json::array& written = *find_array(*find_object(*frame.written, "dag"), "tasks");
  for (size_t i = 0; i < tasks->size(); ++i) {
    const json::value& task = (*tasks)[i];
    if (task.is_object()) TRY(add_task(frame, task.get_object(), written[i].if_object()));
  }
  TRY(link_tasks(frame));
  TRY(choose_targets(frame));
  return walk(frame);
}

}  // namespace slipway::workflow
