// unknown-template-ref: what is called must exist.
#include <fmt/format.h>

#include "core/manifest/lint/scene.h"
#include "core/manifest/schema/nearest.h"
#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

constexpr const char* kRule = "unknown-template-ref";

std::string nearest_template(const SpecView& spec, std::string_view name) {
  std::vector<std::string> names;
  const json::array* list = find_array(*spec.spec, "templates");
  for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if (const json::object* body = (*list)[i].if_object()) {
      names.push_back(get_string(*body, "name"));
    }
  }
  const std::string_view near = nearest(name, {names.begin(), names.end()});
  if (!near.empty()) return fmt::format("did you mean {}?", near);
  if (names.empty() || names.size() > 12) return "add the template, or correct the name";
  return fmt::format("there is {}", fmt::join(names, ", "));
}

std::string object_name(const json::object& ref) {
  return fmt::format("{} {}",
                     get_bool(ref, "clusterScope") ? "ClusterWorkflowTemplate" : "WorkflowTemplate",
                     get_string(ref, "name"));
}

void check_call(Scene& scene, const SpecView& spec, const CallView& call) {
  if (call.ref != nullptr) {
    const std::string name = get_string(*call.ref, "name");
    const std::string wanted = get_string(*call.ref, "template");
    if (has_tag(name)) return;
    const SpecView* found = scene.find_ref(spec, *call.ref);
    if (found == nullptr) {
      return scene.report(
          spec, member_path(call.path, "name"), Severity::kWarning, kRule,
          fmt::format("{} is neither in these files nor applied", object_name(*call.ref)),
          "apply it before this runs");
    }
    if (!has_tag(wanted) && Scene::find_template(*found, wanted) == nullptr) {
      scene.report(spec, member_path(call.path, "template"), Severity::kError, kRule,
                   fmt::format("{} has no template {:?}", object_name(*call.ref), wanted),
                   nearest_template(*found, wanted));
    }
    return;
  }
  if (has_tag(call.name)) return;
  // A Workflow may add templates to those of its workflowTemplateRef.
  const SpecView* home = scene.home(spec);
  if (home == nullptr || Scene::find_template(spec, call.name) != nullptr) return;
  if (Scene::find_template(*home, call.name) != nullptr) return;
  scene.report(spec, call.path, Severity::kError, kRule,
               fmt::format("there is no template {:?}", call.name),
               nearest_template(*home, call.name));
}

}  // namespace

void lint_references(Scene& scene) {
  for (const SpecView& spec : scene.specs()) {
    if (spec.document == nullptr) continue;
    if (const json::object* ref = find_object(*spec.spec, "workflowTemplateRef");
        ref != nullptr && !has_tag(get_string(*ref, "name")) &&
        scene.find_ref(spec, *ref) == nullptr) {
      scene.report(spec, spec.path + ".workflowTemplateRef.name", Severity::kWarning, kRule,
                   fmt::format("{} is neither in these files nor applied", object_name(*ref)),
                   "apply it before this runs");
    }
    for (const CallView& call : Scene::starts(spec)) check_call(scene, spec, call);
    for (const TemplateView& view : scene.templates(spec)) {
      for (const CallView& call : Scene::calls(view)) check_call(scene, spec, call);
    }
  }
}

}  // namespace slipway::manifest
