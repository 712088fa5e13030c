#include "adapter/blob/artifact_files.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <array>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>

#include "adapter/archive/tree.h"
#include "adapter/blob/artifact.h"
#include "adapter/blob/located_store.h"
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

Result<std::vector<std::string>> list_keys(const pod::ArtifactLocation& below,
                                           port::BlobStore& embedded) {
  TRY_ASSIGN(const auto store, store_of(below, embedded));
  TRY_ASSIGN(const std::vector<port::BlobInfo> blobs, store->list(below.key));
  std::vector<std::string> keys;
  keys.reserve(blobs.size());
  for (const port::BlobInfo& blob : blobs) keys.push_back(blob.key);
  return keys;
}

Result<std::string> read_one(const pod::ArtifactLocation& from, const std::string& below,
                             port::BlobStore& embedded) {
  TRY_ASSIGN(const Scratch scratch, Scratch::make(below));
  pod::InputArtifact artifact;
  artifact.name = from.key;
  artifact.location = from;
  const std::string file = scratch.path() + "/text", work = scratch.path() + "/work";
  TRY_ASSIGN(const Fd folder, open_folder(scratch.path()));
  TRY(load_artifact(artifact, {.folder = folder.get(), .name = "text"}, work, embedded));
  std::error_code code;
  if (!fs::is_regular_file(file, code)) {
    return Error{
        ErrorCode::kInvalid, fmt::format("artifact \"{}\" is no single file", from.key), {}};
  }
  if (fs::file_size(file, code) > limit::kManifestBytes) {
    return Error{
        ErrorCode::kLimit,
        fmt::format("artifact \"{}\" is larger than {} bytes", from.key, limit::kManifestBytes),
        {}};
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) return system_error(file);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Status remove_all(const pod::ArtifactLocation& artifact, port::BlobStore& embedded) {
  TRY_ASSIGN(const auto store, store_of(artifact, embedded));
  if (!artifact.key.ends_with('/')) TRY(store->remove(artifact.key));
  TRY_ASSIGN(const std::vector<port::BlobInfo> below, store->list(folder_prefix(artifact.key)));
  for (const port::BlobInfo& blob : below) TRY(store->remove(blob.key));
  return {};
}

}  // namespace

// What waits for a network, in order, a few at once.
class ArtifactFiles::Errands {
 public:
  Errands() {
    for (std::thread& thread : threads_) thread = std::thread([this] { work(); });
  }
  ~Errands() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void add(std::function<void()> errand) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(errand));
    }
    changed_.notify_one();
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (ending_) return;
      const auto errand = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      errand();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;  // guarded by mutex_
  bool ending_ = false;                        // guarded by mutex_
  std::array<std::thread, 4> threads_;
};

ArtifactFiles::ArtifactFiles(port::BlobStore& blobs, std::string scratch)
    : blobs_(blobs), scratch_(std::move(scratch)) {}
ArtifactFiles::~ArtifactFiles() = default;

void ArtifactFiles::run(const pod::ArtifactLocation& location, std::function<void()> work) {
  const auto type = location.type;
  if (type == pod::ArtifactLocation::Type::kStore || type == pod::ArtifactLocation::Type::kRaw) {
    return work();
  }
  if (!errands_) errands_ = std::make_unique<Errands>();
  errands_->add(std::move(work));
}

void ArtifactFiles::list(const pod::ArtifactLocation& below,
                         std::function<void(Result<std::vector<std::string>>)> done) {
  run(below, [this, below, done = std::move(done)] { done(list_keys(below, blobs_)); });
}

void ArtifactFiles::read_text(const pod::ArtifactLocation& from,
                              std::function<void(Result<std::string>)> done) {
  run(from, [this, from, done = std::move(done)] { done(read_one(from, scratch_, blobs_)); });
}

void ArtifactFiles::remove(const pod::ArtifactLocation& artifact,
                           std::function<void(Status)> done) {
  run(artifact, [this, artifact, done = std::move(done)] { done(remove_all(artifact, blobs_)); });
}

}  // namespace slipway::adapter
