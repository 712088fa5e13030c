// What one pod costs, ours or a raw runtime's, as bench/run.py asks in turn on standard input:
//
//     pod_bench FOLDER     FOLDER: where to work; the caller removes it
//
//     step COUNT WIDTH     containers of the local pod runtime, WIDTH at a time
//     crun COUNT WIDTH     an overlay and `crun run` of the same bundle
//     runc COUNT WIDTH     the same with runc, whose filter is no BPF but the profile
//     host COUNT WIDTH     processes of the local pod runtime
//     spawn COUNT WIDTH    posix_spawn and wait, one at a time
//
// Each answer is a line: milliseconds for one, wall time by count. A WIDTH of 0 lets the machine
// rest for 50 ms before each and answers with the median: what an event at an idle server waits
// for. Needs root, crun, runc and busybox.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <iostream>
#include <memory>
#include <mutex>

#include "adapter/image/image_store.h"
#include "adapter/pod/local_pod_runtime.h"
#include "adapter/pod/mount_space.h"
#include "adapter/pod/nursery.h"
#include "adapter/pod/spawn.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"
#include "raw_container.h"

namespace slipway::bench {
namespace {

using adapter::monotonic_now;

constexpr const char* kImage = "bench/busybox:1";
const PodId kSleeper("bench-sleeper");

pod::PodPlan no_op(int number, pod::RuntimeKind kind) {
  pod::PodPlan plan;
  plan.id = PodId(fmt::format("bench-{}", number));
  plan.pod_name = plan.id.value;
  plan.runtime = kind;
  pod::Container main{.name = "main", .image = kImage};
  main.command = {kind == pod::RuntimeKind::kOci ? "/bin/true" : "true"};
  plan.containers = {main};
  return plan;
}

// The runtime and what has ended in it. Ends the program when a pod fails.
class Pods {
 public:
  explicit Pods(const std::string& folder) {
    adapter::RuntimeOptions options;
    options.data_dir = folder;
    runtime_ = std::make_unique<adapter::LocalPodRuntime>(
        options, [this](const pod::PodReport& report) { take(report); });
  }
  ~Pods() {
    for (const PodId& id : runtime_->list()) runtime_->remove(id);
  }

  void run(int count, int width, pod::RuntimeKind kind) {
    std::unique_lock lock(mutex_);
    const int before = done_;
    for (int started = 0; started < count; ++started) {
      changed_.wait(lock, [&] { return started - (done_ - before) < width; });
      lock.unlock();
      runtime_->start(no_op(next_++, kind));
      lock.lock();
    }
    changed_.wait(lock, [&] { return done_ == before + count; });
  }

  // The bundle of a pod that sleeps meanwhile.
  json::object bundle(const std::string& folder) {
    pod::PodPlan plan = no_op(0, pod::RuntimeKind::kOci);
    plan.id = kSleeper;
    plan.containers[0].command = {"/bin/sleep", "1000"};
    runtime_->start(plan);
    json::object config = copy_bundle(folder + "/pods/" + kSleeper.value, folder);
    runtime_->remove(kSleeper);
    return config;
  }

 private:
  void take(const pod::PodReport& report) {
    if (!pod::is_final(report.phase) || report.id == kSleeper) return;
    if (report.phase != pod::PodReport::Phase::kSucceeded) {
      fmt::print(stderr, "failed: {}\n", report.message);
      ::_exit(1);
    }
    const std::lock_guard lock(mutex_);
    ++done_;
    changed_.notify_all();
  }

  std::unique_ptr<adapter::LocalPodRuntime> runtime_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int done_ = 0, next_ = 0;
};

Result<adapter::Image> import_busybox(const std::string& folder) {
  const std::string build = "cd " + folder +
                            " && mkdir -p r/bin r/etc && cp /bin/busybox r/bin/ && " +
                            "for a in sh true cat sleep; do ln -sf busybox r/bin/$a; done && tar "
                            "-C r -cf r.tar . && rm -rf r";
  if (std::system(build.c_str()) != 0) return Error{ErrorCode::kIo, "no busybox image", ""};
  return adapter::ImageStore(folder).import(kImage, folder + "/r.tar");
}

void run_spawns(int count) {
  for (int i = 0; i < count; ++i) {
    const auto pid = adapter::spawn({.program = "/bin/true", .argv = {"true"}});
    ::waitpid(*pid, nullptr, 0);
  }
}

double ms_since(Duration begin) { return (monotonic_now() - begin).to_seconds() * 1000; }

// Milliseconds for one: of all by count, or the median of `count` with a rest before each.
template <class Run>
double measure(int count, int width, Run run) {
  if (width > 0) {
    const Duration begin = monotonic_now();
    run(count, width);
    return ms_since(begin) / count;
  }
  std::vector<double> took;
  for (int i = 0; i < count; ++i) {
    ::usleep(50'000);
    const Duration begin = monotonic_now();
    run(1, 1);
    took.push_back(ms_since(begin));
  }
  std::sort(took.begin(), took.end());
  return took[took.size() / 2];
}

Status serve(const std::string& folder) {
  TRY_ASSIGN(const adapter::Image image, import_busybox(folder));
  Pods pods(folder);
  TRY(adapter::enter_mount_space());
  const json::object bundle = pods.bundle(folder);
  const RawContainer crun{"/usr/bin/crun", image, folder, bundle};
  const RawContainer runc{"/usr/sbin/runc", image, folder, with_profile(bundle)};
  std::string what;
  for (int count = 0, width = 0; std::cin >> what >> count >> width;) {
    double took = 0;
    if (what == "step" || what == "host") {
      const auto kind = what == "step" ? pod::RuntimeKind::kOci : pod::RuntimeKind::kHost;
      took = measure(count, width, [&](int n, int w) { pods.run(n, w, kind); });
    } else if (what == "crun" || what == "runc") {
      const RawContainer& raw = what == "crun" ? crun : runc;
      took = measure(count, width, [&](int n, int w) { raw.run(n, w); });
    } else if (what == "spawn") {
      took = measure(count, width, [](int n, int) { run_spawns(n); });
    } else {
      return Error{ErrorCode::kInvalid, "no case `" + what + "`", ""};
    }
    fmt::print("{:.4f}\n", took);
    std::fflush(stdout);
  }
  return {};
}

int bench(const std::string& folder) {
  std::filesystem::create_directories(folder);
  const Status served = serve(folder);
  if (!served.ok()) fmt::print(stderr, "{}\n", served.error().text());
  return served.ok() ? 0 : 1;
}

}  // namespace
}  // namespace slipway::bench

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "nursery") {
    return slipway::adapter::nursery_main({.data_dir = argv[3]});
  }
  return argc == 2 ? slipway::bench::bench(argv[1]) : 2;
}
