// foreign-resource: a resource template for an object that only a Kubernetes API server keeps.
#include <fmt/format.h>

#include "core/manifest/lint/scene.h"
#include "core/manifest/parse.h"

namespace slipway::manifest {
namespace {

// The kind that a resource template acts on, as far as it is written without tags: the manifest's,
// or the first word of the flags.
std::string kind_of(const json::object& resource) {
  const std::string text = get_string(resource, "manifest");
  const auto parsed = parse_yaml(text, "manifest");
  if (parsed.ok() && parsed->is_object()) {
    const std::string kind = get_string(parsed->get_object(), "kind");
    if (!kind.empty()) return kind;
  }
  const json::array* flags = find_array(resource, "flags");
  if (flags == nullptr) return {};
  for (size_t i = 0; i < flags->size(); ++i) {
    const json::string* flag = (*flags)[i].if_string();
    if (flag == nullptr || flag->empty()) continue;
    if (flag->front() != '-') {
      const std::string_view word = view(*flag);
      return std::string(word.substr(0, word.find_first_of("./")));
    }
    if (*flag == "-n" || *flag == "-l") ++i;  // its value follows
  }
  return {};
}

}  // namespace

void lint_resources(Scene& scene) {
  for (const SpecView& spec : scene.specs()) {
    if (spec.document == nullptr) continue;
    for (const TemplateView& view : scene.templates(spec)) {
      const json::object* resource = find_object(*view.body, "resource");
      if (resource == nullptr) continue;
      const std::string kind = kind_of(*resource);
      if (kind.empty() || has_tag(kind) || parse_kind(kind)) continue;
      scene.report(
          spec, view.path + ".resource", Severity::kError, "foreign-resource",
          fmt::format("{} is no object of Slipway's own, and there is no Kubernetes API to "
                      "send it to: the step will fail",
                      kind),
          "act on a Workflow, template, ConfigMap, Secret or claim, or call the cluster "
          "with kubectl in a container");
    }
  }
}

}  // namespace slipway::manifest
