// What is done to a container while it runs: its probes, and the hooks of its lifecycle.
#pragma once

#include "core/pod/plan.h"
#include "core/workflow/plan_context.h"

namespace slipway::workflow {

// readinessProbe, startupProbe and livenessProbe: exec, httpGet or tcpSocket. A port may be the
// name of one of the container's ports. `planned` has its variables. kUnsupported for anything
// else.
Status plan_probes(const PlanContext& context, const json::object& container,
                   pod::Container& planned);

// The annotation workflows.argoproj.io/kill-cmd-NAME: what ends the container in place of a signal.
Status plan_kill_command(const PlanContext& context, pod::Container& planned);

// lifecycle: postStart and preStop (exec, httpGet or sleep), and stopSignal.
Status plan_lifecycle(const PlanContext& context, const json::object& container,
                      pod::Container& planned);

}  // namespace slipway::workflow
