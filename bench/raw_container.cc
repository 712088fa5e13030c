#include "raw_container.h"

#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

#include "adapter/pod/rootfs.h"
#include "adapter/pod/seccomp_filter.h"
#include "adapter/pod/spawn.h"

namespace slipway::bench {
namespace {

// One after the other, in a lane of its own.
void run_lane(const RawContainer& raw, int lane, int count) {
  const std::string runtime = raw.program.substr(raw.program.find_last_of('/') + 1);
  const std::string name = fmt::format("bench-{}-{}", runtime, lane);
  const std::string bundle = raw.folder + "/bundle-" + name, upper = raw.folder + "/upper-" + name;
  std::filesystem::create_directories(bundle);
  json::object config = raw.bundle;
  config["linux"].as_object()["cgroupsPath"] = "/slipway/raw-" + name;
  for (int i = 0; i < count; ++i) {
    if (!adapter::mount_rootfs(raw.image.layers, upper, bundle + "/rootfs").ok()) ::_exit(1);
    std::ofstream(bundle + "/config.json") << print_json(config);
    std::vector<std::string> argv{runtime, "run", "--bundle", bundle, name};
    if (runtime == "crun") argv.insert(argv.begin() + 1, "--cgroup-manager=cgroupfs");
    const auto pid = adapter::spawn({.program = raw.program,
                                     .argv = argv,
                                     .env = {std::string("PATH=") + adapter::kDefaultPath}});
    int status = 0;
    ::waitpid(*pid, &status, 0);
    if (status != 0) {
      fmt::print(stderr, "{} run failed: {}\n", runtime, status);
      ::_exit(1);
    }
    ::umount2((bundle + "/rootfs").c_str(), MNT_DETACH);
    std::filesystem::remove_all(upper);
  }
}

// The bundle and the files of /etc, once the supervisor has written them.
json::object wait_for_bundle(const std::string& pod_folder, const std::string& folder) {
  while (true) {
    ::usleep(10'000);
    std::ifstream pid_file(pod_folder + "/supervisor");
    int pid = 0;
    pid_file >> pid;
    const std::string run = fmt::format("/proc/{}/root{}/run", pid, pod_folder);
    std::ifstream config(run + "/0/config.json");
    const std::string text(std::istreambuf_iterator<char>(config), {});
    const auto bundle = parse_json(text);
    if (!bundle.ok()) continue;
    for (const char* name : {"hosts", "hostname", "resolv.conf"}) {
      std::filesystem::copy_file(run + "/" + name, folder + "/" + name,
                                 std::filesystem::copy_options::overwrite_existing);
    }
    return bundle->get_object();
  }
}

}  // namespace

json::object copy_bundle(const std::string& pod_folder, const std::string& folder) {
  json::object config = wait_for_bundle(pod_folder, folder);
  config["root"].as_object()["path"] = "rootfs";
  config["process"].as_object()["args"] = json::array{"/bin/true"};
  json::object& linux = config["linux"].as_object();
  for (json::value& space : linux["namespaces"].as_array()) space.as_object().erase("path");
  for (const char* shared : {"ipc", "uts"}) {
    linux["namespaces"].as_array().push_back(json::object{{"type", shared}});
  }
  for (json::value& mount : config["mounts"].as_array()) {
    const std::string source = str(mount.as_object()["source"].as_string());
    if (source.starts_with(pod_folder)) {
      mount.as_object()["source"] = folder + source.substr(source.find_last_of('/'));
    }
  }
  return config;
}

json::object with_profile(json::object bundle) {
  bundle.erase("annotations");
  bundle["linux"].as_object()["seccomp"] =
      adapter::seccomp_json(adapter::default_seccomp_capabilities());
  return bundle;
}

void RawContainer::run(int count, int width) const {
  std::vector<std::jthread> lanes;
  for (int lane = 0; lane < width; ++lane) {
    lanes.emplace_back([this, lane, each = count / width] { run_lane(*this, lane, each); });
  }
}

}  // namespace slipway::bench
