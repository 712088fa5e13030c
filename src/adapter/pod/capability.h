// Linux capabilities of a container: Docker's default set, what the manifest adds and drops, and
// never more than this process may give away.
#pragma once

#include <set>
#include <string>

#include "core/pod/plan.h"

namespace slipway::adapter {

// Names without CAP_. Unknown names in `asked` are kInvalid by check_capabilities().
std::set<std::string> granted_capabilities(const pod::Capabilities& asked, bool privileged);
Status check_capabilities(const pod::Capabilities& asked);

// Of CapBnd in /proc/self/status.
std::set<std::string> bounding_capabilities();

}  // namespace slipway::adapter
