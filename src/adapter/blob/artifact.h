// Moving artifacts between a container's files and where they are kept; used by the pod supervisor.
#pragma once

#include <string>

#include "base/result.h"
#include "port/blob_store.h"

namespace slipway::pod {
struct InputArtifact;
struct OutputArtifact;
struct SavedArtifact;
}  // namespace slipway::pod

namespace slipway::adapter {

// Places `artifact` at `target` on the host (a file or a folder; parents are made). tar, tar.gz and
// are recognised by content and unpacked as Argo does (spec rule 68). kNotFound when the
// source does not exist (the caller decides what `optional` means). `scratch` is a folder for
// temporary files on the same file system as `target`. Entries can not escape `target`.
Status load_artifact(const pod::InputArtifact& artifact, const std::string& target,
                     const std::string& scratch, port::BlobStore& store);

// Saves the file or folder at `source`. kNotFound when there is none. Symbolic links inside are
// kept as links; `source` itself is resolved only below `root`, so that a container can not make
// the supervisor read the host's files.
Result<pod::SavedArtifact> save_artifact(const pod::OutputArtifact& artifact,
                                         const std::string& root, const std::string& source,
                                         const std::string& scratch, port::BlobStore& store);

}  // namespace slipway::adapter
