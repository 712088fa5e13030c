#include "app/machine.h"

#include <fmt/format.h>

#include <filesystem>
#include <thread>

#include "adapter/pod/local_pod_runtime.h"
#include "adapter/pod/log_files.h"
#include "adapter/process/complain.h"
#include "app/data_dir.h"

namespace slipway::app {
namespace {

// So many are given to the runtime beyond those that may run, so that a slot does not stay empty
// while the end of the last one is written; few, because what is ahead keeps its place whatever
// comes with a higher priority.
constexpr size_t kPodsAhead = 4;

// Pods are told to the driver, and the driver is told of pods: one of them must come first.
struct LateSink {
  std::mutex mutex;
  port::PodReportSink sink;
  std::vector<pod::PodReport> early;

  void deliver(pod::PodReport report) {
    port::PodReportSink to;
    {
      const std::lock_guard lock(mutex);
      if (!sink) return early.push_back(std::move(report));
      to = sink;
    }
    to(std::move(report));
  }
  void connect(port::PodReportSink to) {
    std::vector<pod::PodReport> waiting;
    {
      const std::lock_guard lock(mutex);
      sink = to;
      waiting.swap(early);
    }
    for (pod::PodReport& report : waiting) to(std::move(report));
  }
};

// A run on its own keeps its pods apart from a server's, and shares images and artifacts with it.
Status share_folders(const MachineOptions& options) {
  if (options.state_dir == options.data_dir) return {};
  for (const char* name : {"images", "artifacts"}) {
    std::error_code failed;
    std::filesystem::create_directories(options.data_dir + "/" + name, failed);
    if (!failed) {
      std::filesystem::create_directory_symlink(options.data_dir + "/" + name,
                                                options.state_dir + "/" + name, failed);
    }
    if (failed) return Error{ErrorCode::kIo, failed.message(), options.state_dir + "/" + name};
  }
  return {};
}

// SQLite takes an empty file for a new database, and all that was in it would be forgotten.
Status check_not_emptied(const std::string& folder) {
  const std::string path = folder + "/slipway.db";
  std::error_code absent;
  const bool empty = std::filesystem::file_size(path, absent) == 0 && !absent;
  if (!empty || !std::filesystem::exists(folder + "/run", absent)) return {};
  return Error{ErrorCode::kIo,
               "the database is empty, but this data directory has been in use; restore the file "
               "from a backup, or remove it to begin anew",
               path};
}

}  // namespace

Machine::Machine(const MachineOptions& options)
    : options_(options), blobs_(options.data_dir + "/artifacts"), artifacts_(blobs_) {}

Result<std::unique_ptr<Machine>> Machine::open(const MachineOptions& options) {
  std::unique_ptr<Machine> machine(new Machine(options));
  TRY(make_data_dir(options.data_dir));
  TRY(make_data_dir(options.state_dir));
  TRY(check_not_emptied(options.state_dir));
  TRY(share_folders(options));
  adapter::RuntimeOptions runtime;
  runtime.data_dir = options.state_dir;
  runtime.oci_runtime = options.oci_runtime;
  runtime.allow_privileged = options.settings.allow_privileged;
  runtime.allow_host_path = options.settings.allow_host_path;
  runtime.max_running = static_cast<size_t>(std::max(options.max_pods, 0));
  runtime.log_limit_bytes = options.log_limit_bytes;
  runtime.end_with_client = options.alone;
  if (options.alone) runtime.idle_exit = Duration::milliseconds(50);
  auto late = std::make_shared<LateSink>();
  machine->logs_ = std::make_unique<adapter::LogFiles>(options.state_dir);
  machine->pods_ = std::make_unique<adapter::LocalPodRuntime>(
      runtime, [late](pod::PodReport report) { late->deliver(std::move(report)); });
  TRY_ASSIGN(machine->journal_, adapter::SqliteJournal::open(options.state_dir + "/slipway.db",
                                                             {.durable = options.durable}));

  server::DriverOptions driver;
  driver.max_parallel_pods = runtime.max_running > 0 ? runtime.max_running + kPodsAhead : 0;
  driver.keep = options.keep;
  driver.reap = !options.alone;  // whoever runs one workflow looks at it in the end
  if (!options.snapshots || options.alone) driver.snapshot_records = SIZE_MAX;
  driver.tell = [](const std::string& line) { adapter::complain("slipway: {}", line); };
  machine->driver_ = std::make_unique<server::Driver>(
      server::Ports{machine->clock_, machine->bell_, *machine->journal_, *machine->journal_,
                    *machine->pods_, *machine->logs_, machine->http_, machine->artifacts_,
                    *machine->journal_},
      options.settings, driver);
  TRY(machine->driver_->recover());
  late->connect(machine->driver_->report_sink());
  return machine;
}

void Machine::run() {
  loop_ = std::thread([this] { driver_->run(); });
}

void Machine::stop() {
  driver_->stop();
  if (loop_.joinable()) loop_.join();
}

void Machine::end_pods() {
  stop();
  for (const PodId& pod : pods_->list()) pods_->remove(pod);
  // The nursery does it, and is not waited for longer than it can take.
  for (int i = 0; i < 10'000 && !pods_->list().empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Machine::~Machine() {
  if (driver_) stop();
}

}  // namespace slipway::app
