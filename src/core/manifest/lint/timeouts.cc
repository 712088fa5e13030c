// missing-timeout: a workflow that nothing ends.
#include <fmt/format.h>

#include "core/manifest/lint/scene.h"
#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

bool bounds(const json::object& object) {
  return find(object, "activeDeadlineSeconds") != nullptr || find(object, "timeout") != nullptr;
}

// Steps and DAGs end with what they call; a suspend without a duration waits for a person.
bool is_leaf(const json::object& body) {
  for (const std::string_view type : {"container", "script", "containerSet", "resource", "data"}) {
    if (body.contains(type)) return true;
  }
  return false;
}

}  // namespace

void lint_timeouts(Scene& scene) {
  for (const SpecView& spec : scene.specs()) {
    // A template object is bounded by the workflow made from it, if it has an entrypoint at all.
    if (spec.document == nullptr || find_string(*spec.spec, "entrypoint") == nullptr) continue;
    if (bounds(*spec.spec)) continue;
    const json::object* defaults = find_object(*spec.spec, "templateDefaults");
    if (defaults != nullptr && bounds(*defaults)) continue;
    for (const TemplateView& view : scene.templates(spec)) {
      if (!is_leaf(*view.body) || bounds(*view.body)) continue;
      scene.report(
          spec, spec.path, Severity::kWarning, "missing-timeout",
          fmt::format("nothing ends this workflow if the template {:?} hangs", view.name()),
          "set spec.activeDeadlineSeconds");
      break;
    }
  }
}

}  // namespace slipway::manifest
