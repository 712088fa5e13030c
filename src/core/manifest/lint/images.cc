// image-without-tag: an image that is named by nothing, or by "latest".
#include <fmt/format.h>

#include "core/manifest/lint/scene.h"
#include "core/manifest/yaml/document.h"

namespace slipway::manifest {
namespace {

// "registry:5000/a/b:1" → "1"; empty without a tag. A digest counts as a tag.
std::string_view tag_of(std::string_view image) {
  if (const size_t digest = image.find('@'); digest != image.npos) return image.substr(digest + 1);
  image.remove_prefix(image.rfind('/') + 1);  // npos + 1 is 0
  const size_t colon = image.find(':');
  return colon != image.npos ? image.substr(colon + 1) : std::string_view();
}

}  // namespace

void lint_images(Scene& scene) {
  for (const SpecView& spec : scene.specs()) {
    if (spec.document == nullptr) continue;
    for (const TemplateView& view : scene.templates(spec)) {
      for_each_container(view, [&](const json::object& container, const std::string& path) {
        const std::string image = get_string(container, "image");
        const std::string_view tag = tag_of(image);
        if (image.empty() || has_tag(image) || (!tag.empty() && tag != "latest")) return;
        scene.report(spec, member_path(path, "image"), Severity::kWarning, "image-without-tag",
                     tag.empty()
                         ? fmt::format("the image {} has no tag: it may change under you", image)
                         : fmt::format("the image {} may change under you", image),
                     "name a version or a digest");
      });
    }
  }
}

}  // namespace slipway::manifest
