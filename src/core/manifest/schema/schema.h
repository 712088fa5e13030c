// Which fields each type of the manifests has, and what they may hold.
//
// The tables are text, one type after another, generated from the schemas that Argo publishes
// (tools/schema_table.py):  `w.DAGTemplate failFast:b target:s tasks:[]@w.DAGTask!`. A type is
// prefixed by where it comes from: w Argo Workflows, e Argo Events, k Kubernetes. A field's shape:
//   s string    b boolean    i integer    n number    o any object    * anything
//   q integer or string (IntOrString, Quantity)
//   t text, for which numbers and booleans may stand (Argo's AnyString)
//   @T object of type T      []X list of X      {}X map of X      %T text that is YAML of a T
//   ~X list of X, or one X standing for a list of one      a final ! means required
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/manifest/resource.h"
#include "core/manifest/schema/support.h"

namespace slipway::manifest {

extern const std::string_view kWorkflowTable, kEventTable, kKubernetesTable;

inline constexpr Kind kAllKinds[] = {Kind::kWorkflow,
                                     Kind::kWorkflowTemplate,
                                     Kind::kClusterWorkflowTemplate,
                                     Kind::kCronWorkflow,
                                     Kind::kWorkflowEventBinding,
                                     Kind::kEventSource,
                                     Kind::kEventBus,
                                     Kind::kSensor,
                                     Kind::kSecret,
                                     Kind::kConfigMap,
                                     Kind::kPersistentVolumeClaim};

struct SchemaField {
  std::string_view name, shape;  // the shape without "!"
  bool required = false;
  FieldSupport support;
  std::vector<NamedSupport> entries;  // of a map: the keys that the field's own does not stand for
};

struct SchemaType {
  std::string_view key;             // "w.Template"
  std::string_view name;            // "Template"
  std::vector<SchemaField> fields;  // by name

  const SchemaField* find(std::string_view field) const;  // nullptr: there is no such field
};

// nullptr when there is no such type, which for a shape of the tables cannot be.
const SchemaType* find_type(std::string_view key);
const SchemaType& type_of(Kind kind);

// The type behind a shape, through lists, maps and texts; nullptr when it holds no object of a
// type.
const SchemaType* inner_type(std::string_view shape);

}  // namespace slipway::manifest
