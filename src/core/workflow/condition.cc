#include "core/workflow/condition.h"

namespace slipway::workflow {

void set_condition(Draft& draft, std::string_view type, std::string_view status,
                   std::string_view message) {
  const json::value* now = draft.status("conditions");
  json::array conditions;
  bool placed = status.empty();
  json::object wanted{{"type", type}, {"status", status}};
  if (!message.empty()) wanted["message"] = message;
  if (now != nullptr && now->is_array()) {
    for (const json::value& item : now->get_array()) {
      if (!item.is_object() || get_string(item.get_object(), "type") != type) {
        conditions.push_back(item);
      } else if (!placed) {
        conditions.push_back(wanted);
        placed = true;
      }
    }
  }
  if (!placed) conditions.push_back(wanted);
  if (conditions.empty() && now == nullptr) return;
  draft.set_status("conditions", std::move(conditions));
}

}  // namespace slipway::workflow
