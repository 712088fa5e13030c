#include "core/workflow/template_type.h"

namespace slipway::workflow {

std::optional<TemplateType> template_type(const json::object& templ) {
  for (size_t i = 0; i < kTemplateTypeKeys.size(); ++i) {
    if (find(templ, kTemplateTypeKeys[i]) != nullptr) return static_cast<TemplateType>(i);
  }
  return std::nullopt;
}

}  // namespace slipway::workflow
