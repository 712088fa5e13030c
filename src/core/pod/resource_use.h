// What a pod held of the machine, as Argo counts it (util/resource: DurationForPod).
#pragma once

#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::pod {

// Of each container that has ended: what it requests (else its limit, else 100m and 100Mi), by the
// whole seconds that it ran. The pods of Argo have its executor in them, ours do not.
ResourcesDuration resources_duration(const PodPlan& plan,
                                     const std::vector<ContainerStatus>& statuses);

}  // namespace slipway::pod
