#include "adapter/pod/cgroup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "adapter/archive/fd.h"

namespace slipway::adapter {

namespace {

namespace fs = std::filesystem;

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

void kill_listed(const std::string& group) {
  const std::string pids = contents(group + "/cgroup.procs");
  for (size_t at = 0; at < pids.size(); at = pids.find('\n', at) + 1) {
    const pid_t pid = std::atoi(pids.c_str() + at);
    if (pid > 0) ::kill(pid, SIGKILL);
    if (pids.find('\n', at) == std::string::npos) break;
  }
}

// All at once and those below too, and no fork escapes it; v2 since Linux 5.14.
bool kill_at_once(const std::string& folder) {
  const Fd file(::open((folder + "/cgroup.kill").c_str(), O_WRONLY | O_CLOEXEC));
  return file && ::write(file.get(), "1", 1) == 1;
}

bool kill_once(const std::string& folder) {
  bool any = false;
  for (const std::string& group : groups_below(folder)) {
    any = any || !contents(group + "/cgroup.procs").empty();
  }
  if (!any || kill_at_once(folder)) return any;
  for (const std::string& group : groups_below(folder)) kill_listed(group);
  return true;
}

std::vector<std::string> find_hierarchies(const std::string& root, bool unified) {
  if (unified) return {root};
  std::vector<std::string> mounts;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(root, failed)) {
    // Controllers mounted together have links beside them (cpu -> cpu,cpuacct).
    if (entry.is_directory(failed) && !entry.is_symlink(failed)) mounts.push_back(entry.path());
  }
  return mounts;
}

}  // namespace

std::string pod_cgroup(const PodId& id) { return "/slipway/" + id.value; }

std::string container_cgroup(const PodId& id, const std::string& container) {
  return pod_cgroup(id) + "/" + container;
}

CgroupTree::CgroupTree(std::string root)
    : root_(std::move(root)),
      unified_(::access((root_ + "/cgroup.controllers").c_str(), F_OK) == 0),
      hierarchies_(find_hierarchies(root_, unified_)) {}

const CgroupTree& machine_cgroups() {
  static const CgroupTree tree("/sys/fs/cgroup");
  return tree;
}

int64_t CgroupTree::out_of_memory_kills(const std::string& cgroup) const {
  const std::string path =
      unified_ ? cgroup + "/memory.events" : "/memory" + cgroup + "/memory.oom_control";
  return counter(contents(root_ + path), "oom_kill");
}

Status CgroupTree::kill(const std::string& cgroup) const {
  for (const std::string& hierarchy : hierarchies_) {
    // A killed process leaves its group when its parent or init has seen it; that takes a moment.
    for (int rounds = 0; kill_once(hierarchy + cgroup); ++rounds) {
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
Status CgroupTree::destroy(const std::string& cgroup) const {
  bool left = false;
  for (const std::string& hierarchy : hierarchies_) {
    if (::rmdir((hierarchy + cgroup).c_str()) != 0 && errno != ENOENT) left = true;
  }
  if (!left) return {};
  TRY(kill(cgroup));
  Status status;
  for (const std::string& hierarchy : hierarchies_) {
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
