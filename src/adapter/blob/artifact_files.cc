#include "adapter/blob/artifact_files.h"

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "adapter/blob/artifact_text.h"
#include "adapter/blob/located_store.h"
#include "base/limit.h"
#include "core/pod/plan.h"

namespace slipway::adapter {
namespace {

Result<std::vector<std::string>> list_keys(const pod::ArtifactLocation& below,
                                           port::BlobStore& embedded) {
  TRY_ASSIGN(const auto store, store_of(below, embedded));
  TRY_ASSIGN(const std::vector<port::BlobInfo> blobs, store->list(below.key));
  std::vector<std::string> keys;
  keys.reserve(blobs.size());
  for (const port::BlobInfo& blob : blobs) keys.push_back(blob.key);
  return keys;
}

Status remove_all(const pod::ArtifactLocation& artifact, port::BlobStore& embedded) {
  TRY_ASSIGN(const auto store, store_of(artifact, embedded));
  if (!artifact.key.ends_with('/')) TRY(store->remove(artifact.key));
  TRY_ASSIGN(const std::vector<port::BlobInfo> below, store->list(folder_prefix(artifact.key)));
  for (const port::BlobInfo& blob : below) TRY(store->remove(blob.key));
  return {};
}

}  // namespace

// What takes its time, in order, a few at once.
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

ArtifactFiles::ArtifactFiles(port::BlobStore& blobs) : blobs_(blobs) {}
ArtifactFiles::~ArtifactFiles() = default;

void ArtifactFiles::wait_for(std::function<void()> errand) {
  if (!errands_) errands_ = std::make_unique<Errands>();
  errands_->add(std::move(errand));
}

void ArtifactFiles::run(const pod::ArtifactLocation& location, std::function<void()> work) {
  if (location.type == pod::ArtifactLocation::Type::kStore) return work();
  wait_for(std::move(work));
}

void ArtifactFiles::list(const pod::ArtifactLocation& below,
                         std::function<void(Result<std::vector<std::string>>)> done) {
  run(below, [this, below, done = std::move(done)] { done(list_keys(below, blobs_)); });
}

void ArtifactFiles::read_text(const pod::InputArtifact& from,
                              std::function<void(Result<std::string>)> done) {
  wait_for([this, from, done = std::move(done)] {
    done(read_artifact_text(from, limit::kManifestBytes, blobs_));
  });
}

void ArtifactFiles::remove(const pod::ArtifactLocation& artifact,
                           std::function<void(Status)> done) {
  run(artifact, [this, artifact, done = std::move(done)] { done(remove_all(artifact, blobs_)); });
}

}  // namespace slipway::adapter
