#include "core/workflow/plan_context.h"

namespace slipway::workflow {

std::string scalar_text(const json::value& value) {
  return value.is_string() ? str(value.get_string()) : print_json(value);
}

const json::array& list_of(const json::object& object, std::string_view key) {
  static const json::array kNone;
  const json::array* found = find_array(object, key);
  return found != nullptr ? *found : kNone;
}

const json::object& object_of(const json::object& object, std::string_view key) {
  static const json::object kNone;
  const json::object* found = find_object(object, key);
  return found != nullptr ? *found : kNone;
}

}  // namespace slipway::workflow
