// Volumes of a pod and their mounts in its containers.
#pragma once

#include "core/pod/plan.h"
#include "core/workflow/plan_context.h"

namespace slipway::workflow {

// One member of the pod spec's volumes. hostPath needs Settings::allow_host_path. kUnsupported for
// the kinds that need a cluster or a storage driver.
Result<pod::Volume> plan_volume(const PlanContext& context, const json::object& pod_spec,
                                const json::object& volume);

// A container's volumeMounts. subPathExpr is expanded with the container's variables.
Result<std::vector<pod::Mount>> plan_mounts(const PlanContext& context,
                                            const json::object& pod_spec,
                                            const json::object& container,
                                            const std::vector<pod::EnvVar>& env);

// The files of a configMap, secret, projected or downwardAPI volume source.
Result<std::vector<pod::VolumeFile>> plan_files(const PlanContext& context,
                                                const json::object& pod_spec,
                                                const json::object& volume);

}  // namespace slipway::workflow
