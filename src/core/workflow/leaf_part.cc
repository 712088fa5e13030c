#include "core/workflow/leaf_part.h"

namespace slipway::workflow {

Result<json::object> template_part(Pass& pass, const Node& node,
                                   std::initializer_list<std::string_view> keys) {
  TRY_ASSIGN(const FoundTemplate found, find_template(pass.draft, pass.world.catalog, node));
  json::object part;
  for (const std::string_view key : keys) {
    if (const json::value* value = find(*found.body, key)) part[key] = *value;
  }
  if (part.empty()) return part;
  if (!node.inputs.empty()) part["inputs"] = node.inputs;
  expr::Scope scope(&pass.globals(node.on_exit || node.hooked));
  set_place(scope, place_of(pass.draft, node));
  return paste_inputs(std::move(part), scope, node.untrusted_inputs);
}

}  // namespace slipway::workflow
