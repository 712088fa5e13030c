// What is accepted and not acted on. The table in support.cc is the one place to edit when a
// feature starts to work.
#pragma once

#include <string_view>

namespace slipway::manifest {

// Why `field` of the schema type `type` ("w.Template") has no effect yet; empty when it has.
std::string_view not_acted_on(std::string_view type, std::string_view field);

// Fields that the published schemas call required and that Argo does without, because Go's zero
// value stands for them.
bool is_optional_in_practice(std::string_view type, std::string_view field);

}  // namespace slipway::manifest
