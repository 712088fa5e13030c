// A label selector in the form that the store's indexes are asked in.
#pragma once

#include <vector>

#include "core/expr/label/label.h"
#include "port/store.h"

namespace slipway::server {

std::vector<port::LabelTerm> label_terms(const expr::LabelSelector& selector);

}  // namespace slipway::server
