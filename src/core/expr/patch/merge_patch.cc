#include "core/expr/patch/patch.h"

namespace slipway::expr {

json::value merge_patch(json::value target, const json::value& patch) {
  const json::object* changes = patch.if_object();
  if (changes == nullptr) return patch;
  if (!target.is_object()) target.emplace_object();
  json::object& object = target.get_object();
  for (const auto& change : *changes) {
    if (change.value().is_null()) {
      object.erase(change.key());
    } else {
      json::value& member = object[change.key()];
      member = merge_patch(std::move(member), change.value());
    }
  }
  return target;
}

}  // namespace slipway::expr
