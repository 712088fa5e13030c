// Finding templates by name (spec rules 54 and 55).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/manifest/catalog.h"
#include "core/workflow/draft.h"

namespace slipway::workflow {

// Where an unqualified template name is looked up: "local/<workflow>", "namespaced/<name>" or
// "cluster/<name>", as in Node::template_scope.
struct FoundTemplate {
  std::shared_ptr<const json::object> body;  // with templateDefaults under it
  std::string scope;                         // for the names inside of it
  std::string name;                          // its own; empty for an inline one
  std::string stored_key;  // of status.storedTemplates when it has to be saved there, else empty
  std::shared_ptr<const json::object> raw;  // what to store
};

// `holder` is a step, task, hook or {template: ...}: its `template`, `templateRef` or `inline`.
// kNotFound names what is missing; kInvalid when it names nothing.
Result<FoundTemplate> find_template(const Draft& draft, const manifest::Catalog& catalog,
                                    const json::object& holder, std::string_view scope);

// The same for a node that exists.
Result<FoundTemplate> find_template(const Draft& draft, const manifest::Catalog& catalog,
                                    const Node& node);

}  // namespace slipway::workflow
