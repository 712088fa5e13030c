// Where an artifact is kept, as its manifest or its status says it; Secrets become their values
// here and only here. A status names the whole place, with Secrets by name, so that whoever uses
// the artifact later needs neither the template nor the repository that were in force when it was
// made.
#pragma once

#include <string>
#include <string_view>

#include "core/manifest/catalog.h"
#include "core/pod/plan.h"

namespace slipway::workflow {

// {"name": ..., "key": ...} under a member called ...Secret becomes the Secret's value. kNotFound.
Status resolve_secrets(const manifest::Catalog& catalog, std::string_view ns,
                       json::object& options);

// `key` in the bucket that `place` describes (Argo's fields of an s3 artifact). kUnsupported for
// credentials that are no Secrets.
Result<pod::ArtifactLocation> s3_location(const manifest::Catalog& catalog, std::string_view ns,
                                          json::object place, std::string key);

// The artifact of a status: {"s3": {"key": ...}} in the embedded store, or {"s3": {...}} whole.
// kNotFound when it says of no place.
Result<pod::ArtifactLocation> stored_location(const manifest::Catalog& catalog, std::string_view ns,
                                              const json::object& artifact);

// The same place as one text, for facts and effects: the key alone for the embedded store (as in
// every journal so far), else {"namespace": ..., "s3": {...}}. Empty when it says of no place.
std::string address_of(std::string_view ns, const json::object& artifact);
Result<pod::ArtifactLocation> location_at(const manifest::Catalog& catalog,
                                          const std::string& address);

}  // namespace slipway::workflow
