// The store that a location is in: the embedded one, or a bucket.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "port/blob_store.h"

namespace slipway::pod {
struct ArtifactLocation;
}  // namespace slipway::pod

namespace slipway::adapter {

// Borrows `embedded`, which outlives what is returned. kInvalid when an S3 location lacks what it
// needs.
Result<std::shared_ptr<port::BlobStore>> store_of(const pod::ArtifactLocation& location,
                                                  port::BlobStore& embedded);

// What the keys of a folder's files begin with: a key may end in a slash or not.
std::string folder_prefix(std::string key);

}  // namespace slipway::adapter
