// Logs and artifacts that are not there: what pods say that they have saved, by key.
#pragma once

#include <fmt/format.h>

#include <set>

#include "core/pod/plan.h"
#include "core/pod/report.h"
#include "port/artifact_store.h"
#include "port/log_store.h"
#include "sim/journal.h"

namespace slipway::sim {

class SimLogs : public port::LogStore {
 public:
  std::vector<std::string> containers(const PodId&) override { return {}; }
  Result<port::LogChunk> read(const PodId&, const std::string&, uint64_t, size_t) override {
    return Error{ErrorCode::kNotFound, "no logs in the simulation", ""};
  }
  Result<std::vector<port::LogTime>> times(const PodId&, const std::string&, uint64_t,
                                           uint64_t) override {
    return std::vector<port::LogTime>();
  }
  Status remove(const PodId&) override { return {}; }
};

// What pods say that they have saved; contents there are none.
class SimArtifacts : public port::ArtifactStore {
 public:
  void list(const pod::ArtifactLocation& below,
            std::function<void(Result<std::vector<std::string>>)> done) override {
    std::vector<std::string> found;
    for (auto key = keys.lower_bound(below.key); key != keys.end() && key->starts_with(below.key);
         ++key) {
      found.push_back(*key);
    }
    done(std::move(found));
  }
  void read_text(const pod::InputArtifact& from,
                 std::function<void(Result<std::string>)> done) override {
    done(Error{ErrorCode::kNotFound,
               fmt::format("artifact \"{}\" has no content here", from.location.key), ""});
  }
  void remove(const pod::ArtifactLocation& artifact, std::function<void(Status)> done) override {
    if (!refusal.empty()) return done(Error{ErrorCode::kIo, refusal, ""});
    keys.erase(artifact.key);
    done({});
  }
  void note(const pod::PodReport& report) {
    for (const pod::SavedArtifact& saved : report.artifacts) keys.insert(saved.key);
  }
  std::set<std::string> keys;
  std::string refusal;  // of what is to be removed; empty: it goes
};

// As over a network: it answers later, refuses now and then, and checks that what it shall remove
// is durably to be removed.
class FarArtifacts : public SimArtifacts {
 public:
  FarArtifacts(World& world, const SimJournal& journal) : world_(world), journal_(journal) {}

  void remove(const pod::ArtifactLocation& artifact, std::function<void(Status)> done) override {
    world_.await_point("before an artifact is removed");
    if (journal_.shadow().outstanding().find(engine::artifact_id(artifact.key)) == nullptr) {
      world_.violation(4,
                       fmt::format("artifact {} is removed before that is durable", artifact.key));
    }
    const auto wait = Duration::milliseconds(static_cast<int64_t>(world_.between(0, 20'000)));
    const bool refused = world_.chance(world_.faults.store_refuses);
    world_.later(wait, [this, artifact, refused, done = std::move(done)]() mutable {
      world_.trace(fmt::format("{} {}", refused ? "keep" : "remove", artifact.key));
      if (refused) return done(Error{ErrorCode::kIo, "access denied", "sim"});
      SimArtifacts::remove(artifact, std::move(done));
    });
  }

 private:
  World& world_;
  const SimJournal& journal_;
};

}  // namespace slipway::sim
