// Layers of the store: each unpacked once, complete or absent.
#pragma once

#include <string>

#include "adapter/archive/fd.h"
#include "adapter/image/record.h"
#include "base/result.h"

namespace slipway::adapter {

struct LayerSource {
  Fd file;
  std::string blob;     // hex digest the file must have; empty: not checked
  std::string diff_id;  // hex digest of the tar inside; empty: whatever it is
};

struct Layer {
  std::string diff_id;
  int64_t size_bytes = 0;
};

// Unpacks the layer unless it is here. It is unpacked in the scratch folder, synced, and takes its
// name by one rename; a lock file per layer keeps a second process from doing the same work.
// kInvalid when the content is not what its digests say.
Result<Layer> add_layer(const StorePaths& paths, LayerSource source);

// kNotFound when the layer is not here.
Result<Layer> find_layer(const StorePaths& paths, const std::string& diff_id);

// The layer came in this blob: a transfer that skips blobs already here may skip it, so its file
// stays as a hole of the right size that takes no space.
Status keep_blob_as_hole(const StorePaths& paths, const Layer& layer, const std::string& blob);
bool is_hole(int fd);

}  // namespace slipway::adapter
