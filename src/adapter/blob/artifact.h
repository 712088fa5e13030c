// Moving artifacts between a container's files and where they are kept; used by the pod supervisor.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "port/blob_store.h"

namespace slipway::pod {
struct InputArtifact;
struct OutputArtifact;
struct SavedArtifact;
}  // namespace slipway::pod

namespace slipway::adapter {

// Where an artifact goes: the entry `name` of an open folder, which others may be changing at the
// same moment, or the content of the folder itself where there is no name.
struct ArtifactPlace {
  int folder = -1;
  std::string name;
  uint32_t user = 0, group = 0;  // whom it is given to; root: nobody
};

// Places `artifact`: a folder joins a folder that is there, anything else replaces what is there,
// and no link at the place is followed. It is unpacked as its `archive` says or, where that says
// nothing, when it is a tar inside gzip; entries can not escape the place (spec rule 68). kNotFound
// when the source does not exist (the caller decides what `optional` means). `scratch` is a folder
// for temporary files, best on the same file system. Once `stop` is requested, programs that
// transfer it are ended at once and it is no longer placed: kConflict.
Status load_artifact(const pod::InputArtifact& artifact, const ArtifactPlace& place,
                     const std::string& scratch, port::BlobStore& store, std::stop_token stop = {});

// Saves the file or folder at `source`. kNotFound when there is none. Symbolic links inside are
// kept as links; `source` itself is resolved only below `root`, so that a container can not make
// the supervisor read the host's files.
Result<pod::SavedArtifact> save_artifact(const pod::OutputArtifact& artifact,
                                         const std::string& root, const std::string& source,
                                         const std::string& scratch, port::BlobStore& store);

}  // namespace slipway::adapter
