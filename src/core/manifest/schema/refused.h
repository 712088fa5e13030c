// The fields of an object that are accepted in a manifest and refused when it is used.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace slipway::manifest {

struct RefusedField {
  std::string path;  // below the object, e.g. "container.lifecycle"
  std::string_view reason;
};

// Of an object of the schema type `type` ("w.Template"), however deep, in the order of the object.
std::vector<RefusedField> refused_fields(const json::object& object, std::string_view type);

}  // namespace slipway::manifest
