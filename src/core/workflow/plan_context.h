// What a pod is planned from, gathered once and read by the plan_*.cc files. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/expr/tag/scope.h"
#include "core/manifest/catalog.h"
#include "core/workflow/advance.h"
#include "core/workflow/node.h"

namespace slipway::workflow {

struct PlanContext {
  json::object templ;  // defaults merged, every tag resolved
  json::object spec;   // the effective workflow spec, global tags resolved
  const Node& node;
  const expr::Scope& scope;  // of the template, for key formats and podSpecPatch
  const manifest::Catalog& catalog;
  const Settings& settings;
  Time now;
  WorkflowUid workflow_uid;
  std::string ns, workflow_name, pod_name;
  std::map<std::string, std::string> labels, annotations;  // of the pod
  std::optional<Time> retry_deadline;  // first attempt's start + retryStrategy.backoff.maxDuration
  bool capture_result = true;

  std::string template_name() const { return node.template_name; }
};

// "template build: container main: ..." as an Error.
inline Error plan_error(const PlanContext& context, ErrorCode code, std::string message) {
  return {code, std::move(message), "template " + context.template_name()};
}

// Text of a scalar as a manifest may write it: a string, a number or true and false.
std::string scalar_text(const json::value& value);

}  // namespace slipway::workflow
