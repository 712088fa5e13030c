// Values from outside that would become code (design, "Untrusted values").
#pragma once

#include "core/workflow/pass.h"

namespace slipway::workflow {

// Looks at a pod template whose tags are still tags, at the source of a script and at the code
// that a shell or another program takes as an argument. Follows Settings.untrusted: kWarn leaves a
// warning on `node` and a condition on the workflow, kDeny is an Error.
Status check_untrusted(Pass& pass, const json::object& body, const expr::Scope& scope, Node& node);

// The same for every inline template of a steps or dag template.
Status check_untrusted_inline(Pass& pass, const json::object& body, const expr::Scope& scope,
                              Node& node);

}  // namespace slipway::workflow
