#include "core/manifest/lint/lint.h"

#include <algorithm>
#include <map>

#include "core/manifest/lint/scene.h"

namespace slipway::manifest {

const std::vector<LintRule>& lint_rules() {
  static const std::vector<LintRule> kRules = {
      {"invalid-workflow", "Argo would refuse this workflow, and so does Slipway"},
      {"invalid-sensor", "This sensor can not work"},
      {"invalid-schedule", "This schedule can not be read"},
      {"invalid-event-source", "This event can not be received"},
      {"not-supported", "Argo does it and Slipway refuses it"},
      {"not-acted-on", "Accepted, and without effect here"},
      {"unknown-field", "A field that the kind does not have"},
      {"missing-field", "A field that the kind must have"},
      {"wrong-type", "A value of another type than the field holds"},
      {"untrusted-in-script", "A value from outside is pasted into a script"},
      {"unknown-template-ref", "A template, WorkflowTemplate or task does not exist"},
      {"unreachable-template", "A template that nothing calls"},
      {"unreachable-task", "A task that dag.target leaves out"},
      {"image-without-tag", "An image that may be another one tomorrow"},
      {"secret-in-plain-text", "A secret outside of a Secret"},
      {"missing-timeout", "Nothing bounds how long a workflow may run"},
      {"bad-value", "A text that is no number, duration or quantity, where one is needed"},
      {"bad-expression", "An expression that does not compile"},
      {"unknown-event", "A sensor waits for an event that its EventSource does not have"},
      {"needs-permission", "A pod asks for what a server allows by a flag only"},
      {"unknown-rule", "A comment allows a rule that does not exist"},
      {"foreign-resource", "A resource template for a kind that only a cluster knows"},
  };
  return kRules;
}

Diagnostics lint(const std::vector<Document>& documents, const Catalog& others,
                 const std::function<void(Scene&)>& more) {
  Scene scene(documents, others);
  lint_untrusted(scene);
  lint_references(scene);
  lint_reachability(scene);
  lint_images(scene);
  lint_secrets(scene);
  lint_timeouts(scene);
  lint_permissions(scene);
  lint_values(scene);
  lint_expressions(scene);
  lint_events(scene);
  lint_resources(scene);
  if (more) more(scene);
  return merge({}, scene.take());
}

Diagnostics merge(Diagnostics parsed, Diagnostics linted) {
  Diagnostics all = std::move(parsed);
  const size_t known = all.size();
  for (Diagnostic& found : linted) {
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(known);
    const auto same = std::find_if(all.begin(), end, [&](const Diagnostic& other) {
      return other.rule == found.rule && other.file == found.file && other.path == found.path;
    });
    if (same == end) {
      all.push_back(std::move(found));
    } else {
      same->severity = std::min(same->severity, found.severity);
    }
  }
  std::map<std::string, size_t> order;
  for (const Diagnostic& found : all) order.emplace(found.file, order.size());
  std::stable_sort(all.begin(), all.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    return std::tuple(order[a.file], a.line, a.column) <
           std::tuple(order[b.file], b.line, b.column);
  });
  return all;
}

}  // namespace slipway::manifest
