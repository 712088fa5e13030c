#include <fmt/format.h>

#include <map>
#include <utility>

#include "core/manifest/schema/refused.h"
#include "core/workflow/inputs.h"
#include "core/workflow/plan_context.h"
#include "core/workflow/task_reach.h"
#include "core/workflow/template_type.h"
#include "core/workflow/validate_names.h"
#include "core/workflow/validate_report.h"

namespace slipway::workflow {
namespace {

bool has_value(const json::object& input) {
  for (const std::string_view key : {"default", "value", "valueFrom"}) {
    if (find(input, key) != nullptr) return true;
  }
  return false;
}

// Follows the calls from the entry on; each template is visited once.
class CallChecker {
 public:
  CallChecker(const Subject& subject, Problems& problems)
      : subject_(subject), problems_(problems), globals_(KnownNames::of_workflow(subject)) {}

  void check_entry() {
    const std::string entrypoint = get_string(subject_.spec, "entrypoint");
    if (entrypoint.empty()) {
      if (!subject_.is_template) problems_.add("spec.entrypoint is required");
    } else {
      FoundBody found;
      const json::object holder{{"template", entrypoint}};
      if (find_body(subject_, holder, subject_.spec, "spec.entrypoint", problems_, found) &&
          found.body != nullptr) {
        if (!subject_.is_template) {
          check_inputs(*found.body, object_of(subject_.spec, "arguments"), "spec.arguments.", "");
        }
        visit(found);
      }
    }
    globals_.add("workflow.failures");  // from here on; a template that is met before has it not
    if (const std::string handler = get_string(subject_.spec, "onExit"); !handler.empty()) {
      FoundBody found;
      const json::object holder{{"template", handler}};
      if (find_body(subject_, holder, subject_.spec, "spec.onExit", problems_, found) &&
          found.body != nullptr) {
        check_inputs(*found.body, object_of(subject_.spec, "arguments"), "inputs.parameters.",
                     "spec.onExit templates." + handler);
        visit(found);
      }
    }
    check_hooks(subject_.spec, subject_.spec, "spec", Sight{globals_});
    // Those too that nothing calls; what is refused only when it is used is not used there.
    called_ = false;
    for (const json::value& item : list_of(subject_.spec, "templates")) {
      if (item.is_object()) visit({&item.get_object(), &subject_.spec, ""});
    }
  }

 private:
  void follow(const json::object& holder, const json::object& home, const std::string& place) {
    FoundBody found;
    if (find_body(subject_, holder, home, place, problems_, found) && found.body != nullptr) {
      visit(found);
    }
  }

  void check_hooks(const json::object& owner, const json::object& home, const std::string& place,
                   const Sight& sight) {
    for (const auto& hook : object_of(owner, "hooks")) {
      if (!hook.value().is_object()) continue;
      const std::string hook_place =
          fmt::format("{}.hooks.{}", place, std::string_view(hook.key()));
      if (hook.key() != "exit" && get_string(hook.value().get_object(), "expression").empty()) {
        problems_.add(hook_place + ".expression is required");
      }
      check_tags(object_of(hook.value().get_object(), "arguments"), sight, hook_place, problems_);
      follow(hook.value().get_object(), home, hook_place);
    }
  }

  // Inputs without a value of their own must be among `arguments`. `prefix` is put before a
  // parameter's name.
  void check_inputs(const json::object& body, const json::object& arguments,
                    std::string_view prefix, const std::string& place) {
    const std::set<std::string> parameters = names_in(arguments, "parameters");
    for (const json::value& item : list_of(object_of(body, "inputs"), "parameters")) {
      if (!item.is_object() || has_value(item.get_object())) continue;
      const std::string name = get_string(item.get_object(), "name");
      if (parameters.contains(name)) continue;
      problems_.add(
          fmt::format("{}{}{}{} was not supplied", place, place.empty() ? "" : " ", prefix, name));
    }
    const std::set<std::string> artifacts = names_in(arguments, "artifacts");
    for (const json::value& item : list_of(object_of(body, "inputs"), "artifacts")) {
      const json::object* input = item.if_object();
      if (input == nullptr || get_bool(*input, "optional") || has_location(*input)) continue;
      const std::string name = get_string(*input, "name");
      if (artifacts.contains(name)) continue;
      problems_.add(fmt::format("{}{}inputs.artifacts.{} was not supplied", place,
                                place.empty() ? "" : " ", name));
    }
  }

  void visit(const FoundBody& found) {
    if (!visited_.insert(found.body).second) return;
    const json::object& body = *found.body;
    const std::string name = get_string(body, "name", found.name.empty() ? "inline" : found.name);
    const std::string place = "templates." + name;
    // Inline templates are part of the one they stand in.
    if (called_ && find(body, "name") != nullptr) check_support(body, place);
    KnownNames names = globals_;
    names.add_template(body);
    const std::optional<TemplateType> type = template_type(body);
    if (type == TemplateType::kSteps) {
      for (const json::value& item : list_of(body, "steps")) {
        for (const json::value& step : item.is_array() ? item.get_array() : json::array{item}) {
          if (step.is_object()) names.add_loop(step.get_object());
        }
      }
      visit_steps(body, *found.home, place, names);
    } else if (type == TemplateType::kDag) {
      for (const json::value& task : list_of(object_of(body, "dag"), "tasks")) {
        if (task.is_object()) names.add_loop(task.get_object());
      }
      visit_dag(body, *found.home, place, names);
    } else {
      check_tags(body, Sight{names}, place, problems_);
    }
  }

  void check_support(const json::object& body, const std::string& place) {
    for (const manifest::RefusedField& field : manifest::refused_fields(body, "w.Template")) {
      problems_.add(fmt::format("{}.{} is not supported: {}", place, field.path, field.reason),
                    Problem::Kind::kUnsupported);
    }
    if (subject_.settings.runtime == pod::RuntimeKind::kHost) check_host_support(body, place);
  }

  void check_host_support(const json::object& body, const std::string& place) {
    const auto check = [&](const json::value& container, const std::string& path) {
      if (!container.is_object() || !get_bool(container.get_object(), "tty")) return;
      problems_.add(fmt::format("{}.{}.tty is not supported: the host runtime gives no terminal; "
                                "remove it, or use --runtime oci",
                                place, path),
                    Problem::Kind::kUnsupported);
    };
    for (const std::string_view key : {"container", "script"}) {
      if (const json::value* only = find(body, key)) check(*only, std::string(key));
    }
    const auto check_all = [&](const json::object& holder, std::string_view key) {
      const json::array& list = list_of(holder, key);
      for (size_t i = 0; i < list.size(); ++i) check(list[i], fmt::format("{}[{}]", key, i));
    };
    check_all(body, "sidecars");
    check_all(body, "initContainers");
    check_all(object_of(body, "containerSet"), "containers");
  }

  // One step or task: with what it calls its template, and the tags of everything but its hooks.
  // Returns the template; nullptr when it is not known.
  const json::object* check_call(const json::object& call, const json::object& home,
                                 const std::string& place, const Sight& sight) {
    json::object checked = call;
    for (const std::string_view key : {"inline", "hooks"}) checked.erase(key);
    check_tags(checked, sight, place, problems_);
    check_call_fields(call, place, problems_);
    FoundBody found;
    if (!find_body(subject_, call, home, place, problems_, found)) return nullptr;
    if (found.body == nullptr) return nullptr;
    check_inputs(*found.body, object_of(call, "arguments"), "inputs.parameters.", place);
    visit(found);
    return found.body;
  }

  // Hooks also see the step or task they belong to.
  void check_call_hooks(const json::object& call, const json::object& home,
                        const std::string& place, const Sight& sight) {
    const std::string own = get_string(call, "name");
    const Sight with_own{sight.names, sight.prefix, sight.calls,
                         [&](std::string_view name) { return name == own || sight.before(name); }};
    check_hooks(call, home, place, with_own);
    if (const std::string handler = get_string(call, "onExit"); !handler.empty()) {
      follow(json::object{{"template", handler}}, home, place + ".onExit");
    }
  }

  void visit_steps(const json::object& body, const json::object& home, const std::string& place,
                   const KnownNames& names) {
    Calls calls;
    std::set<std::string, std::less<>> ended;
    const Sight sight{names, "steps", &calls,
                      [&](std::string_view name) { return ended.contains(name); }};
    size_t i = 0;
    for (const json::value& item : list_of(body, "steps")) {
      const json::array group = item.is_array() ? item.get_array() : json::array{item};
      std::vector<std::string> running;
      for (const json::value& step : group) {
        if (!step.is_object()) continue;
        const std::string name = get_string(step.get_object(), "name");
        const std::string step_place = fmt::format("{}.steps[{}].{}", place, i, name);
        calls[name] = check_call(step.get_object(), home, step_place, sight);
        check_call_hooks(step.get_object(), home, step_place, sight);
        running.push_back(name);
      }
      ended.insert(running.begin(), running.end());
      ++i;
    }
    check_tags(object_of(body, "outputs"), sight, place + ".outputs", problems_);
  }

  void visit_dag(const json::object& body, const json::object& home, const std::string& place,
                 const KnownNames& names) {
    const json::array& tasks = list_of(object_of(body, "dag"), "tasks");
    Calls calls;
    Edges edges;
    for (const json::value& item : tasks) {
      if (!item.is_object()) continue;
      const std::string name = get_string(item.get_object(), "name");
      FoundBody found;
      Problems ignored;  // reported by check_call below
      find_body(subject_, item.get_object(), home, "", ignored, found);
      calls[name] = found.body;
      edges[name] = dependencies_of(item.get_object());
    }
    TaskReach reach(edges);
    for (const json::value& item : tasks) {
      if (!item.is_object()) continue;
      const std::string name = get_string(item.get_object(), "name");
      const std::string task_place = fmt::format("{}.tasks.{}", place, name);
      const Sight sight{names, "tasks", &calls,
                        [&](std::string_view other) { return reach.waits_for(name, other); }};
      check_call(item.get_object(), home, task_place, sight);
      check_call_hooks(item.get_object(), home, task_place, sight);
    }
    if (const json::value* target = find(object_of(body, "dag"), "target")) {
      check_tags(*target, Sight{names}, place + ".dag.target", problems_);
    }
    const Sight all{names, "tasks", &calls, [](std::string_view) { return true; }};
    check_tags(object_of(body, "outputs"), all, place + ".outputs", problems_);
  }

  const Subject& subject_;
  Problems& problems_;
  KnownNames globals_;
  std::set<const json::object*> visited_;
  bool called_ = true;
};

}  // namespace

void check_calls(const Subject& subject, Problems& problems) {
  CallChecker(subject, problems).check_entry();
}

}  // namespace slipway::workflow
