// Artifacts as the engine asks for them: by key, in the store where pods save them. Reading is
// quick (a disk of this machine); a store across a network needs calls that do not wait.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace slipway::port {

class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;
  // Keys that start with `prefix`, sorted.
  virtual Result<std::vector<std::string>> list(const std::string& prefix) = 0;
  // The text of one artifact, unpacked when it was saved as an archive of one file; kLimit beyond
  // limit::kManifestBytes.
  virtual Result<std::string> read_text(const std::string& key) = 0;
  // A file, or everything below the key; absent is success.
  virtual Status remove(const std::string& key) = 0;
};

}  // namespace slipway::port
