// What the rules of lint look at: every workflow spec in the documents, each with its templates,
// and everything that they may refer to.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/manifest/lint/lint.h"

namespace slipway::manifest {

// One spec with templates: of a Workflow, a template object, a CronWorkflow, or of the Workflow in
// a Sensor's trigger. Borrows from the documents or the catalog.
struct SpecView {
  const Document* document = nullptr;  // nullptr: applied before, so nothing is reported on it
  Kind kind = Kind::kWorkflow;         // of the object the spec is of
  std::string ns, name;
  std::string path;  // of the spec in its document
  const json::object* spec = nullptr;

  bool runs() const { return kind == Kind::kWorkflow || kind == Kind::kCronWorkflow; }
};

struct TemplateView {
  const SpecView* owner = nullptr;
  std::string path;
  const json::object* body = nullptr;

  std::string name() const { return get_string(*body, "name"); }
};

// A call of a template: a step, a task, a hook, an exit handler or an entrypoint.
struct CallView {
  const json::object* call = nullptr;  // step, task or hook; nullptr for a plain name
  std::string name, path;              // local template name, and where it is written
  const json::object* ref = nullptr;   // templateRef
};

class Scene {
 public:
  Scene(const std::vector<Document>& documents, const Catalog& others);

  // In the order of the documents; then those of the catalog.
  const std::vector<SpecView>& specs() const { return specs_; }
  const std::vector<Document>& documents() const { return documents_; }

  // The templates of a spec, inline ones included.
  std::vector<TemplateView> templates(const SpecView& spec) const;
  // What a template calls, and what a spec starts by itself (entrypoint, onExit, hooks).
  static std::vector<CallView> calls(const TemplateView& caller);
  static std::vector<CallView> starts(const SpecView& spec);

  // nullptr when there is no such object.
  const Resource* find_resource(Kind kind, std::string_view ns, std::string_view name) const;
  const SpecView* find_spec(Kind kind, std::string_view ns, std::string_view name) const;
  // By {name, clusterScope} of a templateRef or workflowTemplateRef.
  const SpecView* find_ref(const SpecView& from, const json::object& ref) const;
  // The spec whose templates a name in `spec` means: its own, or its workflowTemplateRef's.
  const SpecView* home(const SpecView& spec) const;
  static const json::object* find_template(const SpecView& spec, std::string_view name);

  void report(const SpecView& spec, std::string path, Severity severity, std::string rule,
              std::string message, std::string fix);
  void report(const Document& document, std::string path, Severity severity, std::string rule,
              std::string message, std::string fix);

  Diagnostics take() { return std::move(diagnostics_); }

 private:
  void add_document(const Document& document);
  void add_spec(const Document* document, const Resource& resource, const json::object* spec,
                Kind kind, std::string path);

  const std::vector<Document>& documents_;
  const Catalog& others_;
  std::vector<SpecView> specs_;
  Diagnostics diagnostics_;
};

// The rules, one file each.
void lint_references(Scene& scene);
void lint_reachability(Scene& scene);
void lint_untrusted(Scene& scene);
void lint_images(Scene& scene);
void lint_secrets(Scene& scene);
void lint_timeouts(Scene& scene);
void lint_permissions(Scene& scene);
void lint_values(Scene& scene);
void lint_expressions(Scene& scene);
void lint_events(Scene& scene);
void lint_resources(Scene& scene);

// Every container-like object of a template: container, script, initContainers, sidecars, and those
// of a containerSet.
void for_each_container(const TemplateView& view,
                        const std::function<void(const json::object&, const std::string&)>& visit);

inline bool has_tag(std::string_view text) { return text.find("{{") != text.npos; }

}  // namespace slipway::manifest
