// The ports of this machine, wired: what a server and `slipway run` have in common.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "adapter/blob/artifact_files.h"
#include "adapter/blob/disk_blob_store.h"
#include "adapter/clock/system_clock.h"
#include "adapter/http/client.h"
#include "adapter/journal/sqlite_journal.h"
#include "base/limit.h"
#include "port/log_store.h"
#include "port/pod_runtime.h"
#include "server/driver.h"

namespace slipway::app {

struct MachineOptions {
  std::string data_dir;     // images, artifacts, claims
  std::string state_dir;    // journal, pods, logs; the data directory itself for a server
  std::string oci_runtime;  // crun, runc or a path
  int max_pods = 64;
  size_t log_limit_bytes = limit::kLogBytes;  // of one container
  bool durable = true;  // false: the journal is not forced to disk (benchmarks, `run`)
  bool snapshots = true;
  port::Keep keep;     // finished workflows, by phase
  bool alone = false;  // `slipway run`: nothing outlives this process
  workflow::Settings settings;
};

// A driver on a thread of its own and everything it drives. Owned by the command; the destructor
// ends the loop and leaves pods running.
class Machine {
 public:
  // Opens the journal and recovers. Errors name the file and what to do.
  static Result<std::unique_ptr<Machine>> open(const MachineOptions& options);
  ~Machine();

  server::Driver& driver() { return *driver_; }
  port::Store& store() { return *journal_; }
  port::LogStore& logs() { return *logs_; }
  port::BlobStore& blobs() { return blobs_; }
  port::Clock& clock() { return clock_; }
  port::HttpClient& http() { return http_; }

  // Starts the loop, and ends it: what has come is decided and answered. Once each.
  void run();
  void stop();

  // For `slipway run`, whose pods nobody adopts: ends the loop and every pod, and waits until they
  // are gone.
  void end_pods();

 private:
  explicit Machine(const MachineOptions& options);

  MachineOptions options_;
  adapter::SystemClock clock_;
  adapter::SystemBell bell_;
  adapter::DiskBlobStore blobs_;
  adapter::ArtifactFiles artifacts_;
  adapter::CurlHttpClient http_;
  std::unique_ptr<adapter::SqliteJournal> journal_;
  std::unique_ptr<port::LogStore> logs_;
  std::unique_ptr<port::PodRuntime> pods_;
  std::unique_ptr<server::Driver> driver_;
  std::thread loop_;
};

}  // namespace slipway::app
