#include "adapter/pod/cgroup.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "adapter/archive/fd.h"

namespace slipway::adapter {

namespace {

namespace fs = std::filesystem;

constexpr const char* kRoot = "/sys/fs/cgroup";

std::string contents(const std::string& path) {
  const auto text = read_small_file(path, 1u << 20);
  return text.ok() ? *text : "";
}

int64_t counter(const std::string& text, const std::string& name) {
  const size_t at = ("\n" + text).find("\n" + name + " ");
  if (at == std::string::npos) return 0;
  return std::strtoll(text.c_str() + at + name.size() + 1, nullptr, 10);
}

// Deepest first.
std::vector<std::string> groups_below(const std::string& folder) {
  std::vector<std::string> groups;
  std::error_code failed;
  for (const auto& entry : fs::recursive_directory_iterator(
           folder, fs::directory_options::skip_permission_denied, failed)) {
    std::error_code ignored;
    if (entry.is_directory(ignored)) groups.push_back(entry.path());
  }
  std::sort(groups.begin(), groups.end(), [](const std::string& a, const std::string& b) {
    return std::count(a.begin(), a.end(), '/') > std::count(b.begin(), b.end(), '/');
  });
  if (fs::exists(folder, failed)) groups.push_back(folder);
  return groups;
}

int kill_once(const std::string& folder) {
  int seen = 0;
  for (const std::string& group : groups_below(folder)) {
    const std::string pids = contents(group + "/cgroup.procs");
    for (size_t at = 0; at < pids.size(); at = pids.find('\n', at) + 1) {
      const pid_t pid = std::atoi(pids.c_str() + at);
      if (pid > 0) {
        ++seen;
        ::kill(pid, SIGKILL);
      }
      if (pids.find('\n', at) == std::string::npos) break;
    }
  }
  return seen;
}

}  // namespace

std::string pod_cgroup(const PodId& id) { return "/slipway/" + id.value; }

std::string container_cgroup(const PodId& id, const std::string& container) {
  return pod_cgroup(id) + "/" + container;
}

bool cgroup_is_unified() { return ::access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0; }

const std::vector<std::string>& cgroup_hierarchies() {
  static const std::vector<std::string> found = [] {
    std::vector<std::string> mounts;
    if (cgroup_is_unified()) return std::vector<std::string>{kRoot};
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(kRoot, failed)) {
      // Controllers mounted together have links beside them (cpu -> cpu,cpuacct).
      if (entry.is_directory(failed) && !entry.is_symlink(failed)) mounts.push_back(entry.path());
    }
    return mounts;
  }();
  return found;
}

int64_t out_of_memory_kills(const std::string& cgroup) {
  if (cgroup_is_unified()) return counter(contents(kRoot + cgroup + "/memory.events"), "oom_kill");
  return counter(contents(kRoot + std::string("/memory") + cgroup + "/memory.oom_control"),
                 "oom_kill");
}

Status kill_cgroup(const std::string& cgroup) {
  for (const std::string& hierarchy : cgroup_hierarchies()) {
    // A killed process leaves its group when its parent or init has seen it; that takes a moment.
    for (int rounds = 0; kill_once(hierarchy + cgroup) > 0; ++rounds) {
      if (rounds > 2000) {
        return Error{ErrorCode::kTimeout,
                     fmt::format("processes in {}{} do not end after SIGKILL", hierarchy, cgroup),
                     ""};
      }
      ::poll(nullptr, 0, rounds < 20 ? 1 : 5);
    }
  }
  return {};
}

// Most groups are empty by now, and one call removes each; looking into them costs far more.
Status destroy_cgroup(const std::string& cgroup) {
  bool left = false;
  for (const std::string& hierarchy : cgroup_hierarchies()) {
    if (::rmdir((hierarchy + cgroup).c_str()) != 0 && errno != ENOENT) left = true;
  }
  if (!left) return {};
  TRY(kill_cgroup(cgroup));
  Status status;
  for (const std::string& hierarchy : cgroup_hierarchies()) {
    for (const std::string& group : groups_below(hierarchy + cgroup)) {
      // A dying process is in no list any more and still holds its group, until its mounts are
      // gone.
      for (int rounds = 0; ::rmdir(group.c_str()) != 0 && errno != ENOENT; ++rounds) {
        if (errno != EBUSY || rounds > 2000) {
          status = system_error("cannot remove " + group);
          break;
        }
        ::poll(nullptr, 0, rounds < 20 ? 1 : 5);
      }
    }
  }
  return status;
}

}  // namespace slipway::adapter
