#include "core/manifest/lint/lint.h"

#include <algorithm>
#include <map>

#include "core/manifest/lint/scene.h"

namespace slipway::manifest {

const std::vector<LintRule>& lint_rules() {
  static const std::vector<LintRule> kRules = {
      {"untrusted-in-script", "A value from outside is pasted into a script"},
      {"unknown-template-ref", "A template, WorkflowTemplate or task does not exist"},
      {"unreachable-template", "A template that nothing calls"},
      {"unreachable-task", "A task that dag.target leaves out"},
      {"image-without-tag", "An image that may be another one tomorrow"},
      {"secret-in-plain-text", "A secret outside of a Secret"},
      {"missing-timeout", "Nothing bounds how long a workflow may run"},
      {"needs-permission", "A pod asks for what a server allows by a flag only"},
  };
  return kRules;
}

Diagnostics lint(const std::vector<Document>& documents, const Catalog& others) {
  Scene scene(documents, others);
  lint_untrusted(scene);
  lint_references(scene);
  lint_reachability(scene);
  lint_images(scene);
  lint_secrets(scene);
  lint_timeouts(scene);
  lint_permissions(scene);
  Diagnostics out = scene.take();
  std::map<std::string, size_t> order;
  for (const Document& document : documents) order.emplace(document.file, order.size());
  std::stable_sort(out.begin(), out.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    return std::tuple(order[a.file], a.line, a.column) <
           std::tuple(order[b.file], b.line, b.column);
  });
  return out;
}

}  // namespace slipway::manifest
