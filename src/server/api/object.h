// Reading and answering with Kubernetes-style objects.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "core/manifest/resource.h"
#include "server/api/router.h"

namespace slipway::server {

// "/apis/argoproj.io/v1alpha1" or "/api/v1".
std::string collection_root(manifest::Kind kind);

// Of the path's {ns} (absent for cluster-scoped kinds) and {name}.
manifest::ResourceKey key_of(const Exchange& exchange, manifest::Kind kind);

struct Body {
  manifest::Resource resource;
  // What is accepted and not acted on. Empty with ?fieldValidation=Ignore, as of a client that has
  // read the manifest itself.
  std::vector<std::string> notes;
};

// The body as an object of `kind`, checked against its schema; its namespace and name must agree
// with the path, which fills them in where they are missing. kInvalid lists every problem.
Result<Body> read_body(const Exchange& exchange, manifest::Kind kind);

// {"kind": "WorkflowList", "items": [...], "metadata": {"continue": ...}}.
json::object list_object(manifest::Kind kind, json::array items, const std::string& next);

port::ServerReply not_found(const manifest::ResourceKey& key);

}  // namespace slipway::server
