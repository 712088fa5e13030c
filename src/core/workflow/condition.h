// status.conditions: [{type, status, message}].
#pragma once

#include <string_view>

#include "core/workflow/draft.h"

namespace slipway::workflow {

// Adds it or replaces the one of the same type; an empty status removes it.
void set_condition(Draft& draft, std::string_view type, std::string_view status,
                   std::string_view message = {});

}  // namespace slipway::workflow
