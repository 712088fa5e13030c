// The downward API: what a pod may know of itself, for env and for files.
#pragma once

#include "core/workflow/plan_context.h"

namespace slipway::workflow {

// A fieldRef.fieldPath: metadata.name, namespace, uid, labels and annotations (whole or ['key']),
// spec.serviceAccountName, spec.nodeName. kUnsupported for what is only known once the pod runs
// (status.podIP ...; see pod::EnvVar::runtime_field for env).
Result<std::string> field_value(const PlanContext& context, const json::object& pod_spec,
                                const std::string& path);

struct ResourceValue {
  std::string text;
  std::string runtime_field;  // of pod::EnvVar, when only the runtime knows the text
};

// A resourceFieldRef of `container` (or of the container it names): limits.cpu, requests.memory ...
// divided by `divisor` and rounded up. A limit of cpu or memory that is not set is what the
// machine has, as in Kubernetes; any other amount that is not set reads as 0.
Result<ResourceValue> resource_value(const PlanContext& context, const json::object& pod_spec,
                                     const json::object& container, const json::object& reference);

}  // namespace slipway::workflow
