// needs-permission: what a pod gets only where the server was started with a flag that allows it.
#include <fmt/format.h>

#include "core/manifest/lint/scene.h"
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

}  // namespace

void lint_permissions(Scene& scene) {
  for (const SpecView& spec : scene.specs()) {
    if (spec.document == nullptr) continue;
    if (get_bool(*spec.spec, "hostNetwork")) {
      need(scene, spec, member_path(spec.path, "hostNetwork"), "hostNetwork",
           "--allow-host-network");
    }
    lint_volumes(scene, spec, *spec.spec, spec.path);
    for (const TemplateView& view : scene.templates(spec)) {
      lint_volumes(scene, spec, *view.body, view.path);
      for_each_container(view, [&](const json::object& container, const std::string& path) {
        const json::object* security = find_object(container, "securityContext");
        if (security == nullptr || !get_bool(*security, "privileged")) return;
        need(scene, spec, member_path(member_path(path, "securityContext"), "privileged"),
             "privileged: true", "--allow-privileged");
      });
    }
  }
}

}  // namespace slipway::manifest
