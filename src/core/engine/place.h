// From the places that problems of a workflow name to paths in its manifest.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace slipway::engine {

// "templates.main.tasks.A dependency ..." → "spec.templates[2].dag.tasks[0]": the first word of
// `text`, as far as it can be followed in `spec`, which stands at `path` in the document.
std::string path_of(const json::object& spec, const std::string& path, std::string_view text);

}  // namespace slipway::engine
