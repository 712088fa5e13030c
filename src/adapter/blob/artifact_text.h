// An artifact that is one text, such as a manifest, read in memory.
#pragma once

#include <string>

#include "base/result.h"
#include "port/blob_store.h"

namespace slipway::pod {
struct InputArtifact;
}  // namespace slipway::pod

namespace slipway::adapter {

// `embedded` is where locations without a place of their own are. As in Argo a sub path is a part
// of the key. kLimit as soon as there is more of it than `max_bytes`, packed or unpacked; kInvalid
// when it is anything else than a file or an archive of one file; kNotFound; what its transfer
// says. Waits for the transfer.
Result<std::string> read_artifact_text(const pod::InputArtifact& artifact, size_t max_bytes,
                                       port::BlobStore& embedded);

}  // namespace slipway::adapter
