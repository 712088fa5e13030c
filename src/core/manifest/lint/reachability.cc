// unreachable-template and unreachable-task: what will never run.
#include <fmt/format.h>

#include <map>
#include <set>

#include "core/manifest/lint/scene.h"
#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

using Names = std::set<std::string>;

// Adds the local names called from `calls`; false when one is made by a tag and may be any.
bool add_names(const std::vector<CallView>& calls, std::vector<std::string>& open) {
  for (const CallView& call : calls) {
    if (call.ref != nullptr) continue;
    if (has_tag(call.name)) return false;
    open.push_back(call.name);
  }
  return true;
}

void check_templates(Scene& scene, const SpecView& spec) {
  // Templates of template objects are there for others; so are those beside a workflowTemplateRef.
  if (!spec.runs() || spec.spec->contains("workflowTemplateRef")) return;
  std::vector<std::string> open;
  if (!add_names(Scene::starts(spec), open) || open.empty()) return;
  const std::vector<TemplateView> templates = scene.templates(spec);
  std::multimap<std::string, const TemplateView*> by_name;
  std::string last;  // inline templates belong to the named one before them
  for (const TemplateView& view : templates) {
    const bool inlined = view.path.find(".inline") != view.path.npos;
    if (!inlined) last = view.name();
    by_name.emplace(last, &view);
  }
  Names reached;
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    if (!reached.insert(name).second) continue;
    for (auto [it, end] = by_name.equal_range(name); it != end; ++it) {
      if (!add_names(Scene::calls(*it->second), open)) return;
    }
  }
  for (const TemplateView& view : templates) {
    const std::string name = view.name();
    if (view.path.find(".inline") != view.path.npos || reached.contains(name)) continue;
    scene.report(spec, view.path, Severity::kWarning, "unreachable-template",
                 fmt::format("nothing calls the template {:?}", name), "call it, or remove it");
  }
}

// The words of a depends expression that are names of tasks: "a.Succeeded || b".
Names depended_on(const json::object& task) {
  Names out;
  if (const json::array* list = find_array(task, "dependencies")) {
    for (const json::value& item : *list) {
      if (const json::string* name = item.if_string()) out.insert(str(*name));
    }
  }
  std::string word;
  for (const char c : get_string(task, "depends") + " ") {
    const bool part = c == '-' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                      (c >= 'A' && c <= 'Z');
    if (part) {
      word += c;
    } else {
      out.insert(std::exchange(word, {}));
    }
  }
  return out;
}

void check_tasks(Scene& scene, const TemplateView& view) {
  const json::object* dag = find_object(*view.body, "dag");
  const json::array* tasks = dag != nullptr ? find_array(*dag, "tasks") : nullptr;
  const std::string target = dag != nullptr ? get_string(*dag, "target") : "";
  if (tasks == nullptr || target.empty() || has_tag(target)) return;
  std::map<std::string, const json::object*> by_name;
  for (const json::value& item : *tasks) {
    if (const json::object* task = item.if_object()) {
      by_name.emplace(get_string(*task, "name"), task);
    }
  }
  Names wanted, reached;
  for (size_t at = 0; at < target.size();) {
    const size_t end = std::min(target.find(' ', at), target.size());
    if (end > at) wanted.insert(target.substr(at, end - at));
    at = end + 1;
  }
  while (!wanted.empty()) {
    const std::string name = wanted.extract(wanted.begin()).value();
    const auto task = by_name.find(name);
    if (task == by_name.end() || !reached.insert(name).second) continue;
    wanted.merge(depended_on(*task->second));
  }
  for (size_t i = 0; i < tasks->size(); ++i) {
    const json::object* task = (*tasks)[i].if_object();
    if (task == nullptr || reached.contains(get_string(*task, "name"))) continue;
    scene.report(*view.owner, item_path(view.path + ".dag.tasks", i), Severity::kWarning,
                 "unreachable-task",
                 fmt::format("the task {:?} never runs: dag.target {:?} does not need it",
                             get_string(*task, "name"), target),
                 "add it to the target, or remove it");
  }
}

}  // namespace

void lint_reachability(Scene& scene) {
  for (const SpecView& spec : scene.specs()) {
    if (spec.document == nullptr) continue;
    check_templates(scene, spec);
    for (const TemplateView& view : scene.templates(spec)) check_tasks(scene, view);
  }
}

}  // namespace slipway::manifest
