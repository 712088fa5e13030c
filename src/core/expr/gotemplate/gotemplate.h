// Go text/template with sprig's text functions, for a sensor's dataTemplate, contextTemplate and
// filter templates. No function reads the environment, the network or a clock.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace slipway::expr {

// Renders with `data` as dot. Absent keys print "<no value>" as Go does for maps. Bounded like an
// expression. `now` is what sprig's now gives.
Result<std::string> render_template(std::string_view source, const json::value& data,
                                    Time now = {});

}  // namespace slipway::expr
