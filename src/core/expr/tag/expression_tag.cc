#include "core/expr/tag/expression_tag.h"

namespace slipway::expr {

Result<std::optional<std::string>> evaluate_expression_tag(std::string_view, const Scope&,
                                                           const json::object&, const TagOptions&,
                                                           TagReport*) {
  return Error{ErrorCode::kUnsupported, "expression tags are not part of this build", ""};
}

std::vector<std::string> expression_names(std::string_view) { return {}; }

}  // namespace slipway::expr
