// Environment variables of a container, as Kubernetes resolves them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/pod/plan.h"
#include "core/workflow/plan_context.h"

namespace slipway::workflow {

// envFrom, then env, then Argo's ARGO_* (spec a12). An env value may refer by $(NAME) to those
// before it in `env`; a name given twice keeps its place and takes the later value. kNotFound when
// a Secret, ConfigMap or key is missing and not optional.
Result<std::vector<pod::EnvVar>> plan_env(const PlanContext& context, const json::object& pod_spec,
                                          const json::object& container);

// Kubernetes' expansion: $(NAME) of a known variable becomes its value and stays verbatim
// otherwise; $$ is one $.
std::string expand_variables(std::string_view text, const std::vector<pod::EnvVar>& env);

}  // namespace slipway::workflow
