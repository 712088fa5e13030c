// Artifacts as the engine asks for them: in the embedded store, and in buckets.
#pragma once

#include <memory>

#include "port/artifact_store.h"
#include "port/blob_store.h"

namespace slipway::adapter {

// The embedded store is quick and answers before a verb returns; a network is waited for on threads
// of its own, which the first such request starts. The destructor drops what waits and joins: it
// lasts as long as the request that is under way.
class ArtifactFiles : public port::ArtifactStore {
 public:
  // Borrows `blobs`. `scratch` is a folder for temporary files; it is made when it is needed.
  ArtifactFiles(port::BlobStore& blobs, std::string scratch);
  ~ArtifactFiles() override;

  void list(const pod::ArtifactLocation& below,
            std::function<void(Result<std::vector<std::string>>)> done) override;
  void read_text(const pod::ArtifactLocation& from,
                 std::function<void(Result<std::string>)> done) override;
  void remove(const pod::ArtifactLocation& artifact, std::function<void(Status)> done) override;

 private:
  class Errands;
  void run(const pod::ArtifactLocation& location, std::function<void()> work);

  port::BlobStore& blobs_;
  std::string scratch_;
  std::unique_ptr<Errands> errands_;
};

}  // namespace slipway::adapter
