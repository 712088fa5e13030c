// Which of the ten kinds of work a template holds.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/json.h"

namespace slipway::workflow {

enum class TemplateType {
  kContainer,
  kContainerSet,
  kSteps,
  kDag,
  kScript,
  kResource,
  kData,
  kSuspend,
  kHttp,
  kPlugin,
};

// The template's member that holds the work, in the order in which Argo looks for it (spec
// workflows.md, rule 73): "container", "containerSet", "steps" ...
inline constexpr std::array<std::string_view, 10> kTemplateTypeKeys{
    "container", "containerSet", "steps",   "dag",  "script",
    "resource",  "data",         "suspend", "http", "plugin"};
inline std::string_view to_string(TemplateType type) {
  return kTemplateTypeKeys.at(static_cast<size_t>(type));
}

// The first that is set; nullopt when none is. An empty `suspend: {}` counts, a null does not.
std::optional<TemplateType> template_type(const json::object& templ);

// Whether a pod does the work (so that pod.name exists, rule 75).
constexpr bool runs_in_pod(TemplateType type) {
  return type == TemplateType::kContainer || type == TemplateType::kContainerSet ||
         type == TemplateType::kScript || type == TemplateType::kResource ||
         type == TemplateType::kData;
}

}  // namespace slipway::workflow
