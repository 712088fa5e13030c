#include "core/workflow/plan_context.h"

namespace slipway::workflow {

std::string scalar_text(const json::value& value) {
  return value.is_string() ? str(value.get_string()) : print_json(value);
}

}  // namespace slipway::workflow
