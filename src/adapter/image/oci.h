// The JSON of OCI layouts and Docker archives, and the images in them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapter/archive/fd.h"
#include "adapter/image/record.h"

namespace slipway::adapter {

struct LayerFile {
  std::string path;     // below the folder
  std::string blob;     // hex digest of the file, when promised
  std::string diff_id;  // hex
};

// One image of a folder: where its layers are and what its configuration says.
struct ImageContent {
  std::string digest;  // sha256:... of the manifest (of the configuration, for a Docker archive)
  ImageConfig config;
  std::vector<LayerFile> layers;
};

// Architecture of this machine in OCI's words: amd64, arm64, ...
std::string machine_architecture();

// The path of a blob by its hex digest, below `root`.
using BlobPath = std::function<std::string(const std::string& digest)>;

// An OCI layout below the folder `root`: the manifest for this machine. With several images the one
// whose ref name is `tag`. kInvalid, kNotFound (no image for this platform).
Result<ImageContent> read_oci_layout(int root, const std::string& tag);

// The manifest `digest` ("sha256:..."), read through `blob_path`; indexes are followed.
Result<ImageContent> read_oci_manifest(int root, const std::string& digest,
                                       const BlobPath& blob_path);

// What `docker save` writes, unpacked below `root`. With several images the one whose repo tag is
// `name` or `tag`; an error lists them.
Result<ImageContent> read_docker_archive(int root, const Image& wanted);

}  // namespace slipway::adapter
