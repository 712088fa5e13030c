#include <fmt/format.h>

#include "core/expr/patch/patch.h"
#include "core/manifest/parse.h"
#include "core/manifest/schema/executor_name.h"
#include "core/manifest/schema/refused.h"
#include "core/workflow/plan_spec.h"

namespace slipway::workflow {
namespace {

bool is_executor_container(const json::value& item) {
  return item.is_object() && manifest::is_executor_name(get_string(item.get_object(), "name"));
}

// From a patch, since they would otherwise be added as containers without an image.
void drop_executor_containers(json::object& patch) {
  for (const std::string_view key : {"containers", "initContainers"}) {
    json::value* list = patch.if_contains(key);
    if (list == nullptr || !list->is_array()) continue;
    json::array kept;
    for (const json::value& item : list->get_array()) {
      if (!is_executor_container(item)) kept.push_back(item);
    }
    *list = std::move(kept);
  }
}

}  // namespace

Result<json::object> apply_pod_spec_patch(json::object pod_spec, const std::string& patch,
                                          const PlanContext& context) {
  TRY_ASSIGN(json::value parsed, manifest::parse_yaml(patch, "podSpecPatch"));
  if (parsed.is_null()) return pod_spec;
  if (!parsed.is_object()) {
    return plan_error(context, ErrorCode::kInvalid,
                      fmt::format("podSpecPatch must be a mapping of pod fields, not {}",
                                  print_json(parsed).substr(0, 80)));
  }
  drop_executor_containers(parsed.get_object());
  for (const manifest::RefusedField& field :
       manifest::refused_fields(parsed.get_object(), "k.PodSpec")) {
    return plan_error(
        context, ErrorCode::kUnsupported,
        fmt::format("podSpecPatch.{} is not supported: {}", field.path, field.reason));
  }
  TRY_ASSIGN(json::value merged, expr::strategic_merge(std::move(pod_spec), parsed));
  return std::move(merged.as_object());
}

}  // namespace slipway::workflow
