// From what a user, a sensor or a schedule hands in to the object a Run starts from. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "core/manifest/catalog.h"
#include "core/workflow/advance.h"
#include "core/workflow/operation.h"

namespace slipway::workflow {

struct SubmitOptions {
  std::string name, generate_name, entrypoint, service_account;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::vector<std::pair<std::string, std::string>> labels, annotations;
  std::optional<int64_t> priority;
  std::string scheduled_time;
};

// A Workflow from a WorkflowTemplate, ClusterWorkflowTemplate or CronWorkflow, as
// `argo submit --from kind/name` builds it.
Result<json::object> from_template(const manifest::Resource& source, std::string_view ns);

// Applies the options, gives name, uid, creationTimestamp and the well-known labels. The result is
// what WorkflowCreated journals. kInvalid when neither name nor generateName is there.
Result<json::object> prepare(json::object workflow, std::string_view default_namespace,
                             const SubmitOptions& options, Time now, Random& random);

// What Argo's validation would say of it (spec a1, rule 71): unknown templates, cycles, duplicate
// names, unresolvable references, missing arguments. Empty: fine.
std::vector<std::string> validate(const json::object& workflow, const manifest::Catalog& catalog,
                                  const Settings& settings);

// `argo retry` of a finished workflow: the object to run again, and the pods to remove. kConflict
// unless it is Failed or Error (or restart_successful with a selector). Spec rule 60.
struct Retried {
  json::object workflow;  // same name and uid
  std::vector<PodId> removed_pods;
};
Result<Retried> retry(const json::object& workflow, const RetryOptions& options, Time now);

// `argo resubmit`: a fresh workflow from a finished or running one (not yet prepare()d).
Result<json::object> resubmit(const json::object& workflow, const ResubmitOptions& options);

}  // namespace slipway::workflow
