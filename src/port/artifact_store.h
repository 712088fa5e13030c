// Artifacts as the engine asks for them: to list what lies below a key, to read one as text, to
// remove one, in the embedded store or in a bucket.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

// The core types that cross this port (core/pod/plan.h).
namespace slipway::pod {
struct ArtifactLocation;
struct InputArtifact;
}  // namespace slipway::pod

namespace slipway::port {

// None of the verbs waits for a network or unpacks an archive. What comes of one is handed over
// once, before it returns or later and from another thread; when the process ends first, not at
// all.
class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;
  // Keys that start with the location's, sorted.
  virtual void list(const pod::ArtifactLocation& below,
                    std::function<void(Result<std::vector<std::string>>)> done) = 0;
  // The text of one artifact, unpacked when it is an archive of one file. kLimit when it, or what
  // is unpacked of it, comes to be more than limit::kManifestBytes.
  virtual void read_text(const pod::InputArtifact& from,
                         std::function<void(Result<std::string>)> done) = 0;
  // A file, or everything below the key; absent is success.
  virtual void remove(const pod::ArtifactLocation& artifact, std::function<void(Status)> done) = 0;
};

}  // namespace slipway::port
