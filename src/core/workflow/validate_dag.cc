#include <fmt/format.h>

#include <map>

#include "core/expr/depends/depends.h"
#include "core/manifest/schema/nearest.h"
#include "core/workflow/plan_context.h"
#include "core/workflow/validate_report.h"

namespace slipway::workflow {
namespace {

// Rule 16: which forms may not be mixed, and whether `depends` is well-formed.
void check_depends(const json::object& task, const std::string& place, Problems& problems) {
  const std::string depends = get_string(task, "depends");
  if (depends.empty()) return;
  if (!list_of(task, "dependencies").empty()) {
    problems.add(place + " can not have both depends and dependencies");
  }
  const auto parsed = expr::Depends::parse(depends);
  if (!parsed.ok()) problems.add(fmt::format("{} depends: {}", place, parsed.error().message));
}

using Tasks = std::map<std::string, const json::object*>;

// A.AnySucceeded and A.AllFailed speak of A's items (spec rule 16).
void check_item_conditions(const Tasks& tasks, const json::object& task, const std::string& place,
                           Problems& problems) {
  const std::string depends = get_string(task, "depends");
  for (const std::string& name : dependencies_of(task)) {
    const auto found = tasks.find(name);
    if (found == tasks.end()) continue;
    const bool loops = find(*found->second, "withItems") != nullptr ||
                       find(*found->second, "withParam") != nullptr ||
                       find(*found->second, "withSequence") != nullptr;
    for (const std::string_view condition : {".AnySucceeded", ".AllFailed"}) {
      const size_t at = depends.find(name + std::string(condition));
      const bool whole =
          at == 0 || (at != depends.npos && !is_step_name(depends.substr(at - 1, 1)) &&
                      depends[at - 1] != '-');
      if (loops || at == depends.npos || !whole) continue;
      problems.add(
          fmt::format("{} dependency '{}' uses an items-based condition such as "
                      ".AnySucceeded or .AllFailed but does not contain any items",
                      place, name));
    }
  }
}

// A name that leads back to itself, or nothing. Depth first, with an explicit stack of names since
// a dag may be long.
class CycleFinder {
 public:
  explicit CycleFinder(const Edges& edges) : edges_(edges) {}

  std::vector<std::string> find() {
    for (const auto& [name, unused] : edges_) {
      if (auto cycle = from(name); !cycle.empty()) return cycle;
    }
    return {};
  }

 private:
  struct Frame {
    std::string name;
    size_t next = 0;
  };

  std::vector<std::string> from(const std::string& start) {
    if (done_.contains(start)) return {};
    std::vector<Frame> path{{start}};
    std::set<std::string> open{start};
    while (!path.empty()) {
      Frame& frame = path.back();
      const auto found = edges_.find(frame.name);
      if (found == edges_.end() || frame.next == found->second.size()) {
        open.erase(frame.name);
        done_.insert(frame.name);
        path.pop_back();
        continue;
      }
      const std::string next = found->second[frame.next++];
      if (open.contains(next)) return cut(path, next);
      if (done_.contains(next)) continue;
      open.insert(next);
      path.push_back({next});
    }
    return {};
  }

  static std::vector<std::string> cut(const std::vector<Frame>& path, const std::string& first) {
    std::vector<std::string> cycle;
    for (const Frame& frame : path) {
      if (frame.name == first || !cycle.empty()) cycle.push_back(frame.name);
    }
    cycle.push_back(first);
    return cycle;
  }

  const Edges& edges_;
  std::set<std::string> done_;
};

}  // namespace

std::vector<std::string> find_cycle(const Edges& edges) { return CycleFinder(edges).find(); }

std::vector<std::string> dependencies_of(const json::object& task) {
  if (const std::string depends = get_string(task, "depends"); !depends.empty()) {
    const auto parsed = expr::Depends::parse(depends);
    return parsed.ok() ? parsed->tasks() : std::vector<std::string>{};
  }
  std::vector<std::string> names;
  for (const json::value& name : list_of(task, "dependencies")) names.push_back(scalar_text(name));
  return names;
}

void check_dag(const json::object& templ, Problems& problems) {
  const std::string place = "templates." + get_string(templ, "name");
  const json::object& dag = object_of(templ, "dag");
  if (list_of(dag, "tasks").empty()) problems.add(place + " must have at least one task");
  const std::set<std::string> names = names_in(dag, "tasks");
  Tasks tasks;
  for (const json::value& item : list_of(dag, "tasks")) {
    if (item.is_object()) tasks[get_string(item.get_object(), "name")] = &item.get_object();
  }
  Edges edges;
  bool uses_depends = false, uses_dependencies = false;
  for (const json::value& item : list_of(dag, "tasks")) {
    if (!item.is_object()) continue;
    const json::object& task = item.get_object();
    const std::string name = get_string(task, "name");
    const std::string task_place = fmt::format("{}.tasks.{}", place, name);
    check_depends(task, task_place, problems);
    uses_depends |= !get_string(task, "depends").empty();
    uses_dependencies |= !list_of(task, "dependencies").empty();
    edges[name] = dependencies_of(task);
    check_item_conditions(tasks, task, task_place, problems);
    for (const std::string& dependency : edges[name]) {
      if (!names.contains(dependency)) {
        const std::string_view near = manifest::nearest(dependency, {names.begin(), names.end()});
        problems.add(fmt::format("{} dependency '{}' not defined{}", task_place, dependency,
                                 near.empty() ? "" : fmt::format("; did you mean {}?", near)));
      }
    }
  }
  if (uses_depends && uses_dependencies) {
    problems.add(place + " can not use both depends and dependencies in one dag");
  }
  for (const auto& [name, task] : tasks) {
    if (!uses_depends || find(*task, "continueOn") == nullptr) continue;
    problems.add(fmt::format(
        "{}.tasks.{} can not have continueOn in a dag with depends; write A || A.Failed instead",
        place, name));
  }
  for (const auto& [name, task] : tasks) {
    const bool orders = uses_depends || !list_of(*task, "dependencies").empty();
    if (orders && !name.empty() && name.front() >= '0' && name.front() <= '9') {
      problems.add(
          fmt::format("{}.tasks.{}: with depends or dependencies a task's name can not "
                      "begin with a digit",
                      place, name));
    }
  }
  if (const auto cycle = find_cycle(edges); !cycle.empty()) {
    problems.add(fmt::format("{} dependency cycle detected: {}", place, fmt::join(cycle, "->")));
  }
  const std::string targets = get_string(dag, "target");
  for (size_t at = 0; !has_tag(targets) && at < targets.size();) {
    const size_t end = std::min(targets.find(' ', at), targets.size());
    const std::string target = targets.substr(at, end - at);
    if (!target.empty() && !names.contains(target)) {
      problems.add(fmt::format("{}.dag.target '{}' is not defined", place, target));
    }
    at = end + 1;
  }
}

}  // namespace slipway::workflow
