#include "adapter/blob/artifact_files.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "adapter/archive/fd.h"
#include "adapter/blob/artifact.h"
#include "base/limit.h"
#include "core/pod/plan.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

// A folder of its own that goes with this.
class Scratch {
 public:
  static Result<Scratch> make(const std::string& below) {
    std::error_code code;
    fs::create_directories(below, code);
    std::string pattern = below + "/read-XXXXXX";
    if (code || mkdtemp(pattern.data()) == nullptr) return system_error(below);
    return Scratch(std::move(pattern));
  }
  Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch() {
    std::error_code ignored;  // what stays is removed with the folder above
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  explicit Scratch(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace

Result<std::vector<std::string>> ArtifactFiles::list(const std::string& prefix) {
  TRY_ASSIGN(const std::vector<port::BlobInfo> blobs, blobs_.list(prefix));
  std::vector<std::string> keys;
  keys.reserve(blobs.size());
  for (const port::BlobInfo& blob : blobs) keys.push_back(blob.key);
  return keys;
}

Result<std::string> ArtifactFiles::read_text(const std::string& key) {
  TRY_ASSIGN(const Scratch scratch, Scratch::make(scratch_));
  pod::InputArtifact artifact;
  artifact.name = key;
  artifact.location.type = pod::ArtifactLocation::Type::kStore;
  artifact.location.key = key;
  const std::string file = scratch.path() + "/text", work = scratch.path() + "/work";
  TRY(load_artifact(artifact, file, work, blobs_));
  std::error_code code;
  if (!fs::is_regular_file(file, code)) {
    return Error{ErrorCode::kInvalid, fmt::format("artifact \"{}\" is no single file", key), {}};
  }
  if (fs::file_size(file, code) > limit::kManifestBytes) {
    return Error{ErrorCode::kLimit,
                 fmt::format("artifact \"{}\" is larger than {} bytes", key, limit::kManifestBytes),
                 {}};
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) return system_error(file);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Status ArtifactFiles::remove(const std::string& key) {
  TRY(blobs_.remove(key));
  TRY_ASSIGN(const std::vector<port::BlobInfo> below, blobs_.list(key + "/"));
  for (const port::BlobInfo& blob : below) TRY(blobs_.remove(blob.key));
  return {};
}

}  // namespace slipway::adapter
