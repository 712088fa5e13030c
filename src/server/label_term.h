// A label selector: on an object, and in the form that the store's indexes are asked in.
#pragma once

#include <vector>

#include "base/json.h"
#include "core/expr/label/label.h"
#include "port/store.h"

namespace slipway::server {

std::vector<port::LabelTerm> label_terms(const expr::LabelSelector& selector);

// By the metadata.labels of an object.
bool labels_match(const expr::LabelSelector& selector, const json::object& object);

}  // namespace slipway::server
