// needs-permission: what a pod gets only where the server was started with a flag that allows it.
#include <fmt/format.h>

#include "core/manifest/lint/scene.h"
#include "core/manifest/parse.h"
#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

void need(Scene& scene, const SpecView& spec, std::string path, std::string_view what,
          std::string_view flag) {
  scene.report(spec, std::move(path), Severity::kNote, "needs-permission",
               fmt::format("{} is refused where the server does not allow it", what),
               fmt::format("start the server, or slipway run, with {}", flag));
}

void lint_volumes(Scene& scene, const SpecView& spec, const json::object& holder,
                  const std::string& path) {
  const json::array* volumes = find_array(holder, "volumes");
  for (size_t i = 0; volumes != nullptr && i < volumes->size(); ++i) {
    const json::object* volume = (*volumes)[i].if_object();
    if (volume == nullptr || find(*volume, "hostPath") == nullptr) continue;
    need(scene, spec, member_path(item_path(member_path(path, "volumes"), i), "hostPath"),
         "hostPath", "--allow-host-path");
  }
}

void lint_container(Scene& scene, const SpecView& spec, const json::object& container,
                    const std::string& path) {
  if (!get_bool(object_of(container, "securityContext"), "privileged")) return;
  need(scene, spec, member_path(member_path(path, "securityContext"), "privileged"),
       "privileged: true", "--allow-privileged");
}

void lint_host(Scene& scene, const SpecView& spec, const json::object& holder,
               const std::string& path) {
  for (const auto& [field, flag] :
       {std::pair("hostNetwork", "--allow-host-network"),
        std::pair("hostPID", "--allow-privileged"), std::pair("hostIPC", "--allow-privileged")}) {
    if (get_bool(holder, field)) need(scene, spec, member_path(path, field), field, flag);
  }
}

// Of a spec or a template: what it would say as text, if it is YAML before a run.
void lint_patch(Scene& scene, const SpecView& spec, const json::object& holder,
                const std::string& path) {
  const auto parsed = parse_yaml(get_string(holder, "podSpecPatch"), "podSpecPatch");
  if (!parsed.ok() || !parsed->is_object()) return;
  const json::object& pod = parsed->get_object();
  const std::string here = member_path(path, "podSpecPatch");
  lint_host(scene, spec, pod, here);
  lint_volumes(scene, spec, pod, here);
  for (const std::string_view key : {"containers", "initContainers"}) {
    const json::array& containers = list_of(pod, key);
    for (size_t i = 0; i < containers.size(); ++i) {
      if (!containers[i].is_object()) continue;
      lint_container(scene, spec, containers[i].get_object(), item_path(member_path(here, key), i));
    }
  }
}

}  // namespace

void lint_permissions(Scene& scene) {
  for (const SpecView& spec : scene.specs()) {
    if (spec.document == nullptr) continue;
    lint_host(scene, spec, *spec.spec, spec.path);
    lint_volumes(scene, spec, *spec.spec, spec.path);
    lint_patch(scene, spec, *spec.spec, spec.path);
    for (const TemplateView& view : scene.templates(spec)) {
      lint_volumes(scene, spec, *view.body, view.path);
      lint_patch(scene, spec, *view.body, view.path);
      for_each_container(view, [&](const json::object& container, const std::string& path) {
        lint_container(scene, spec, container, path);
      });
    }
  }
}

}  // namespace slipway::manifest
