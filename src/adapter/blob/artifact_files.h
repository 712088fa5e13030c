// The embedded artifact store as the engine asks for it.
#pragma once

#include "port/artifact_store.h"
#include "port/blob_store.h"

namespace slipway::adapter {

class ArtifactFiles : public port::ArtifactStore {
 public:
  // Borrows `blobs`. `scratch` is a folder for temporary files; it is made when it is needed.
  ArtifactFiles(port::BlobStore& blobs, std::string scratch)
      : blobs_(blobs), scratch_(std::move(scratch)) {}

  Result<std::vector<std::string>> list(const std::string& prefix) override;
  Result<std::string> read_text(const std::string& key) override;
  Status remove(const std::string& key) override;

 private:
  port::BlobStore& blobs_;
  std::string scratch_;
};

}  // namespace slipway::adapter
