// One Kubernetes-style object as the user wrote it, checked against its kind's schema.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "core/manifest/diagnostic.h"

namespace slipway::manifest {

enum class Kind {
  kWorkflow,
  kWorkflowTemplate,
  kClusterWorkflowTemplate,
  kCronWorkflow,
  kWorkflowEventBinding,
  kEventSource,
  kEventBus,
  kSensor,
  kSecret,
  kConfigMap,
  kPersistentVolumeClaim,
};

std::string_view to_string(Kind kind);    // "Workflow"
std::string_view api_version(Kind kind);  // "argoproj.io/v1alpha1" or "v1"
std::string_view plural(Kind kind);       // "workflows", as in URLs
bool is_namespaced(Kind kind);            // all but ClusterWorkflowTemplate
// Accepts Kind, plural, singular and the CRD's short names ("wf", "wftmpl", "cwf", "es", "sn"...),
// without regard to case.
std::optional<Kind> parse_kind(std::string_view name);

struct Position {
  int line = 0;
  int column = 0;
};

// Positions of every value, by path ("spec.templates[2].name"); only kept while a manifest is
// being checked.
using SourceMap = std::map<std::string, Position, std::less<>>;

// Identity of an object: what a journal record, a URL and an error message name.
struct ResourceKey {
  Kind kind = Kind::kWorkflow;
  std::string ns;  // empty for cluster-scoped kinds
  std::string name;

  std::string text() const;  // "Workflow default/hello"
  friend auto operator<=>(const ResourceKey&, const ResourceKey&) = default;
};

struct Resource {
  Kind kind = Kind::kWorkflow;
  json::object object;  // the whole object: apiVersion, kind, metadata, spec, data ...

  std::string name() const;              // metadata.name; may be empty when generateName is set
  std::string generate_name() const;     // metadata.generateName
  std::string ns() const;                // metadata.namespace; empty when not given
  const json::object& metadata() const;  // empty object when absent
  const json::object& spec() const;      // empty object when absent
  ResourceKey key(std::string_view default_namespace = "default") const;
};

struct Document {
  Resource resource;
  std::string file;
  SourceMap positions;
};

struct Parsed {
  std::vector<Document> documents;
  Diagnostics diagnostics;  // errors, and notes on fields accepted without effect
};

}  // namespace slipway::manifest
