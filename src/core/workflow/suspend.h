// The outputs that a suspended node is to be supplied with (spec rule 59).
#pragma once

#include <string>
#include <string_view>

#include "core/workflow/node.h"

namespace slipway::workflow {

// The first output parameter that has neither a value nor anything to take its place; empty: none.
std::string lacking_output(const Node& node);
std::string lacking_output_message(std::string_view parameter);

}  // namespace slipway::workflow
