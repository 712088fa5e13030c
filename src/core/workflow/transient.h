// Errors that may go away by themselves (spec a6): the built-in list of Argo, as far as such errors
// can reach a node here.
#pragma once

#include <string_view>

namespace slipway::workflow {

bool is_transient(std::string_view message);

}  // namespace slipway::workflow
