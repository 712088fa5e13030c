// Artifacts as the engine asks for them: in the embedded store, and in buckets.
#pragma once

#include <memory>

#include "port/artifact_store.h"
#include "port/blob_store.h"

namespace slipway::adapter {

// Listing and removing in the embedded store is quick and answered before the verb returns. A
// network is waited for, and a text is read and unpacked, on threads of its own, which the first
// such request starts. The destructor drops what waits and joins: it lasts as long as the request
// that is under way.
class ArtifactFiles : public port::ArtifactStore {
 public:
  // Borrows `blobs`.
  explicit ArtifactFiles(port::BlobStore& blobs);
  ~ArtifactFiles() override;

  void list(const pod::ArtifactLocation& below,
            std::function<void(Result<std::vector<std::string>>)> done) override;
  void read_text(const pod::InputArtifact& from,
                 std::function<void(Result<std::string>)> done) override;
  void remove(const pod::ArtifactLocation& artifact, std::function<void(Status)> done) override;

 private:
  class Errands;
  void wait_for(std::function<void()> errand);
  void run(const pod::ArtifactLocation& location, std::function<void()> work);

  port::BlobStore& blobs_;
  std::unique_ptr<Errands> errands_;
};

}  // namespace slipway::adapter
