// The fields of an object that are accepted in a manifest and refused when it is used.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace slipway::manifest {

struct RefusedField {
  std::string path;  // below the object, e.g. "container.resizePolicy"
  std::string_view reason;
};

// Whether a value asks for nothing: null, false or "". Of a refused field it is as good as none.
bool asks_for_nothing(const json::value& value);

// Of an object of the schema type `type` ("w.Template"), however deep, in the order of the object.
std::vector<RefusedField> refused_fields(const json::object& object, std::string_view type);

}  // namespace slipway::manifest
