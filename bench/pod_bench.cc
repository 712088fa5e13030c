// What the local pod runtime costs: container no-ops against `crun run` of the same bundle (bar
// B1), and host no-ops (the runtime's share of bar B4). Prints medians; needs root, crun and
// busybox.
//
//     pod_bench [rounds]     SLIPWAY_DATA: where to work (default: /var/tmp)
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>

#include "adapter/image/image_store.h"
#include "adapter/pod/event_loop.h"
#include "adapter/pod/local_pod_runtime.h"
#include "adapter/pod/mount_space.h"
#include "adapter/pod/nursery.h"
#include "adapter/pod/rootfs.h"
#include "adapter/pod/spawn.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::adapter {
namespace {

pod::PodPlan no_op(int number, pod::RuntimeKind kind) {
  pod::PodPlan plan;
  plan.id = PodId(fmt::format("bench-{}", number));
  plan.pod_name = plan.id.value;
  plan.runtime = kind;
  pod::Container main{.name = "main", .image = "bench/busybox:1"};
  main.command = {kind == pod::RuntimeKind::kOci ? "/bin/true" : "true"};
  plan.containers = {main};
  return plan;
}

class Bench {
 public:
  explicit Bench(const std::string& folder) {
    RuntimeOptions options;
    options.data_dir = folder;
    runtime_ = std::make_unique<LocalPodRuntime>(options, [this](pod::PodReport report) {
      if (!pod::is_final(report.phase)) return;
      if (report.phase != pod::PodReport::Phase::kSucceeded) {
        fmt::print(stderr, "failed: {}\n", report.message);
        ::_exit(1);
      }
      const std::lock_guard lock(mutex_);
      ++done_;
      changed_.notify_all();
    });
  }

  // Milliseconds for each of `count` pods, `width` at a time.
  double run(int count, int width, pod::RuntimeKind kind) {
    const Duration begin = monotonic_now();
    std::unique_lock lock(mutex_);
    const int target = done_ + count;
    for (int started = 0; started < count; ++started) {
      changed_.wait(lock, [&] { return started - (done_ - (target - count)) < width; });
      lock.unlock();
      runtime_->start(no_op(next_++, kind));
      lock.lock();
    }
    changed_.wait(lock, [&] { return done_ == target; });
    lock.unlock();
    return (monotonic_now() - begin).to_seconds() * 1000 / count;
  }

  void start_sleeper(const PodId& id) {
    pod::PodPlan plan = no_op(0, pod::RuntimeKind::kOci);
    plan.id = id;
    plan.containers[0].command = {"/bin/sleep", "1000"};
    runtime_->start(plan);
  }
  void remove(const PodId& id) { runtime_->remove(id); }

  void clean() {
    for (const PodId& id : runtime_->list()) runtime_->remove(id);
  }

 private:
  std::unique_ptr<LocalPodRuntime> runtime_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int done_ = 0, next_ = 0;
};

// The same container by hand, one after the other in a lane of its own: overlay, `crun run`,
// unmount.
void run_crun_lane(const Image& image, const std::string& folder, json::object config, int lane,
                   int count) {
  const std::string name = fmt::format("bench-{}", lane);
  const std::string bundle = folder + "/bundle-" + name, upper = folder + "/upper-" + name;
  std::filesystem::create_directories(bundle);
  config["linux"].as_object()["cgroupsPath"] = "/slipway/raw-" + name;
  for (int i = 0; i < count; ++i) {
    if (!mount_rootfs(image.layers, upper, bundle + "/rootfs").ok()) ::_exit(1);
    std::ofstream(bundle + "/config.json") << print_json(config);
    const auto pid =
        spawn({.program = "/usr/bin/crun",
               .argv = {"crun", "--cgroup-manager=cgroupfs", "run", "--bundle", bundle, name},
               .env = {std::string("PATH=") + kDefaultPath}});
    int status = 0;
    ::waitpid(*pid, &status, 0);
    if (status != 0) {
      fmt::print(stderr, "crun run failed: {}\n", status);
      ::_exit(1);
    }
    ::umount2((bundle + "/rootfs").c_str(), MNT_DETACH);
    std::filesystem::remove_all(upper);
  }
}

// Milliseconds for each of `count` containers, `width` at a time.
double run_crun(const Image& image, const std::string& folder, const json::object& config,
                int count, int width) {
  const Duration begin = monotonic_now();
  {
    std::vector<std::jthread> lanes;
    for (int lane = 0; lane < width; ++lane) {
      lanes.emplace_back([&, lane] { run_crun_lane(image, folder, config, lane, count / width); });
    }
  }
  return (monotonic_now() - begin).to_seconds() * 1000 / count;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Milliseconds for one, when nothing else has been for a while: what an event that comes to an idle
// server waits for. The kernel makes the first move into a cgroup after a rest wait.
double after_rest(const std::function<void()>& run) {
  constexpr int kTimes = 15;
  std::vector<double> took;
  for (int i = 0; i < kTimes; ++i) {
    ::usleep(50'000);
    const Duration begin = monotonic_now();
    run();
    took.push_back((monotonic_now() - begin).to_seconds() * 1000);
  }
  return median(std::move(took));
}

double run_spawns(int count) {
  const Duration begin = monotonic_now();
  for (int i = 0; i < count; ++i) {
    const auto pid = spawn({.program = "/bin/true", .argv = {"true"}});
    ::waitpid(*pid, nullptr, 0);
  }
  return (monotonic_now() - begin).to_seconds() * 1000 / count;
}

std::string make_image(const std::string& folder) {
  const std::string build = "cd " + folder +
                            " && mkdir -p r/bin r/etc && cp /bin/busybox r/bin/ && " +
                            "for a in sh true cat sleep; do ln -sf busybox r/bin/$a; done && tar "
                            "-C r -cf r.tar . && rm -rf r";
  return std::system(build.c_str()) == 0 ? folder + "/r.tar" : "";
}

// The bundle that the runtime writes, with what belongs to its pod replaced: fresh name spaces, our
// root folder and copies of the three files of /etc.
json::object bundle_config(Bench& bench, const std::string& folder) {
  const PodId id("bench-peek");
  bench.start_sleeper(id);
  const std::string pod = folder + "/pods/" + id.value;
  std::string text;
  while (text.empty()) {
    ::usleep(10'000);
    std::ifstream pid_file(pod + "/supervisor");
    int pid = 0;
    pid_file >> pid;
    const std::string run = fmt::format("/proc/{}/root{}/run", pid, pod);
    std::ifstream config(run + "/0/config.json");
    text.assign(std::istreambuf_iterator<char>(config), {});
    if (!parse_json(text).ok()) text.clear();
    for (const char* name : {"hosts", "hostname", "resolv.conf"}) {
      std::error_code ignored;
      std::filesystem::copy_file(run + "/" + name, folder + "/" + name,
                                 std::filesystem::copy_options::overwrite_existing, ignored);
    }
  }
  json::object config = parse_json(text)->get_object();
  config["root"].as_object()["path"] = "rootfs";
  config["process"].as_object()["args"] = json::array{"/bin/true"};
  json::object& linux = config["linux"].as_object();
  for (json::value& space : linux["namespaces"].as_array()) space.as_object().erase("path");
  for (const char* shared : {"ipc", "uts"}) {
    linux["namespaces"].as_array().push_back(json::object{{"type", shared}});
  }
  for (json::value& mount : config["mounts"].as_array()) {
    const std::string source = str(mount.as_object()["source"].as_string());
    if (source.starts_with(pod)) {
      mount.as_object()["source"] = folder + source.substr(source.find_last_of('/'));
    }
  }
  bench.remove(id);
  return config;
}

int bench(int rounds) {
  const char* base = ::getenv("SLIPWAY_DATA");
  std::string folder = fmt::format("{}/pod-bench-XXXXXX", base != nullptr ? base : "/var/tmp");
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  ImageStore store(folder);
  const auto image = store.import("bench/busybox:1", make_image(folder));
  if (!image.ok()) {
    fmt::print(stderr, "{}\n", image.error().text());
    return 1;
  }
  Bench bench(folder);
  if (!enter_mount_space().ok()) return 1;
  const json::object config = bundle_config(bench, folder);
  bench.run(2, 1, pod::RuntimeKind::kOci);
  std::vector<double> ours, crun, rested, crun_rested, wide, crun_wide, host, host2, spawns;
  for (int round = 0; round < rounds; ++round) {
    ours.push_back(bench.run(40, 1, pod::RuntimeKind::kOci));
    crun.push_back(run_crun(*image, folder, config, 40, 1));
    rested.push_back(after_rest([&] { bench.run(1, 1, pod::RuntimeKind::kOci); }));
    crun_rested.push_back(after_rest([&] { run_crun(*image, folder, config, 1, 1); }));
    wide.push_back(bench.run(80, 8, pod::RuntimeKind::kOci));
    crun_wide.push_back(run_crun(*image, folder, config, 80, 8));
    host.push_back(bench.run(200, 1, pod::RuntimeKind::kHost));
    host2.push_back(bench.run(400, 2, pod::RuntimeKind::kHost));
    spawns.push_back(run_spawns(200));
  }
  fmt::print("container no-op, one at a time   {:7.2f} ms\n", median(ours));
  fmt::print("overlay + crun run, same bundle  {:7.2f} ms  ratio {:.2f} (bar B1: 1.3)\n",
             median(crun), median(ours) / median(crun));
  fmt::print("container no-op, after a rest    {:7.2f} ms\n", median(rested));
  fmt::print("overlay + crun run, after a rest {:7.2f} ms  ratio {:.2f}\n", median(crun_rested),
             median(rested) / median(crun_rested));
  fmt::print("container no-op, 8 at a time     {:7.0f} /s\n", 1000 / median(wide));
  fmt::print("overlay + crun run, 8 at a time  {:7.0f} /s  ratio {:.2f} (bar B2: 0.7)\n",
             1000 / median(crun_wide), median(crun_wide) / median(wide));
  fmt::print("host no-op, one at a time        {:7.3f} ms\n", median(host));
  fmt::print("host no-op, 2 at a time          {:7.3f} ms\n", median(host2));
  fmt::print("posix_spawn true and wait        {:7.3f} ms\n", median(spawns));
  bench.clean();
  return 0;
}

}  // namespace
}  // namespace slipway::adapter

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "nursery") {
    return slipway::adapter::nursery_main({.data_dir = argv[3]});
  }
  return slipway::adapter::bench(argc > 1 ? std::atoi(argv[1]) : 5);
}
