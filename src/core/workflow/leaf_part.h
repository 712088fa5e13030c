// Some members of a stored node's template, with its inputs and names pasted in.
#pragma once

#include <initializer_list>
#include <string_view>

#include "core/workflow/pass.h"

namespace slipway::workflow {

Result<json::object> template_part(Pass& pass, const Node& node,
                                   std::initializer_list<std::string_view> keys);

}  // namespace slipway::workflow
