// What is unwise, or cannot work, in manifests that parse: `slipway lint`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/manifest/catalog.h"
#include "core/manifest/diagnostic.h"
#include "core/manifest/resource.h"

namespace slipway::manifest {

class Scene;

// All rules over `documents`, together with what is already applied (`others`). In the order of the
// documents, then by line. The rules, by their stable names:
//   untrusted-in-script      a value of an event reaches a script or a `sh -c` text by a {{tag}}
//                            (error), or any parameter does (warning); design, "Untrusted values"
//   unknown-template-ref     a template, WorkflowTemplate or task that does not exist
//   unreachable-template     no path from the entrypoint, the exit handler or a hook
//   unreachable-task         a DAG task that dag.target leaves out
//   image-without-tag        no tag, or `latest`: another image tomorrow
//   secret-in-plain-text     a password, token or key in env, parameters or a ConfigMap
//   missing-timeout          nothing bounds how long the workflow may run
//   bad-value                a duration, quantity or count that is none
//   bad-expression           an expression that does not compile
//   unknown-event            an event that the EventSource does not have
//   needs-permission         privileged, hostPath or hostNetwork: only where the server allows it
//   foreign-resource         a resource template for a kind that is not Slipway's own
//   unknown-rule             a comment allows a rule that does not exist (allowance.h)
// `more` may report what other rules find.
Diagnostics lint(const std::vector<Document>& documents, const Catalog& others,
                 const std::function<void(Scene&)>& more = {});

// What parsing found and what lint found as one report, by file and line. What both found, by rule
// and place, is there once and as severe as the worse of the two.
Diagnostics merge(Diagnostics parsed, Diagnostics linted);

struct LintRule {
  std::string_view name, summary;
};
const std::vector<LintRule>& lint_rules();

// One line each: Diagnostic::text() and the rule, "... [image-without-tag]".
std::string to_text(const Diagnostics& diagnostics);
// [{"severity","file","line","column","path","rule","message","fix"}...]
std::string to_json(const Diagnostics& diagnostics);
// SARIF 2.1.0, for code scanning.
std::string to_sarif(const Diagnostics& diagnostics);

}  // namespace slipway::manifest
