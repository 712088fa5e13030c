#include "adapter/doctor/kernel_check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "adapter/archive/fd.h"
#include "adapter/archive/tree.h"

namespace slipway::adapter {
namespace {

constexpr size_t kProcFileBytes = 1u << 20;
constexpr long kCgroup2Magic = 0x63677270;
constexpr const char* kCgroups = "/sys/fs/cgroup";

std::string read_or_empty(const std::string& path) {
  auto text = read_small_file(path, kProcFileBytes);
  return text.ok() ? *text : std::string();
}

bool is_cgroup2(const std::string& path) {
  struct statfs info;
  return ::statfs(path.c_str(), &info) == 0 && info.f_type == kCgroup2Magic;
}

// Makes and removes a group below `path`: being writable by mode says little in a container.
bool can_make_group(const std::string& path) {
  const std::string group = path + "/slipway-doctor-" + random_name();
  if (::mkdir(group.c_str(), 0755) != 0) return false;
  ::rmdir(group.c_str());
  return true;
}

struct CapabilityName {
  int number;
  const char* name;
};

}  // namespace

Check check_cgroups() {
  Check check{"cgroups", Health::kOk, "", "", ""};
  std::string missing;
  if (is_cgroup2(kCgroups)) {
    check.found = "version 2";
    const std::string controllers = read_or_empty(std::string(kCgroups) + "/cgroup.controllers");
    for (const char* name : {"cpu", "memory", "pids"}) {
      if (controllers.find(name) == std::string::npos) missing += std::string(" ") + name;
    }
    if (!can_make_group(kCgroups)) missing += " (writing)";
  } else {
    const bool hybrid = is_cgroup2(std::string(kCgroups) + "/unified");
    check.found = hybrid ? "version 1 and 2 (hybrid)" : "version 1";
    for (const char* name : {"cpu", "memory", "pids", "devices"}) {
      if (!can_make_group(std::string(kCgroups) + "/" + name)) missing += std::string(" ") + name;
    }
  }
  if (missing.empty()) return check;
  check.health = Health::kWarn;
  check.found += ", without" + missing;
  check.meaning = "limits of memory, cpu and processes can not be set";
  check.mend =
      ::geteuid() == 0
          ? "mount -o remount,rw /sys/fs/cgroup (in a container: start it with --privileged)"
          : "run as root";
  return check;
}

Check check_capabilities() {
  Check check{"capabilities", Health::kOk, "", "", ""};
  const std::string status = read_or_empty("/proc/self/status");
  const size_t at = status.find("CapEff:");
  const uint64_t effective =
      at == std::string::npos ? 0 : std::strtoull(status.c_str() + at + 7, nullptr, 16);
  constexpr std::array<CapabilityName, 7> needed = {{{0, "CHOWN"},
                                                     {6, "SETGID"},
                                                     {7, "SETUID"},
                                                     {12, "NET_ADMIN"},
                                                     {18, "SYS_CHROOT"},
                                                     {21, "SYS_ADMIN"},
                                                     {27, "MKNOD"}}};
  std::string missing;
  for (const auto& capability : needed) {
    if ((effective >> capability.number & 1) == 0) missing += std::string(" ") + capability.name;
  }
  check.found = fmt::format("user {}, effective set {:x}", ::geteuid(), effective);
  if (!missing.empty()) {
    check.health = Health::kFail;
    check.meaning = "pods in containers can not be started; missing:" + missing;
    check.mend = "run as root (in a container: start it with --privileged), or use --runtime host";
  } else if ((effective >> 24 & 1) == 0) {
    check.health = Health::kWarn;
    check.meaning = "without SYS_RESOURCE limits of open files and the like can only be lowered";
  }
  return check;
}

Check check_namespaces() {
  Check check{"namespaces", Health::kOk, "", "", ""};
  std::string missing;
  for (const char* name : {"net", "mnt", "pid", "ipc", "uts", "cgroup"}) {
    if (::access(fmt::format("/proc/self/ns/{}", name).c_str(), F_OK) != 0) {
      missing += std::string(" ") + name;
    }
  }
  struct utsname info;
  check.found = ::uname(&info) == 0 ? std::string("Linux ") + info.release : "unknown kernel";
  if (missing.empty()) return check;
  check.health = Health::kFail;
  check.meaning = "the kernel lacks the namespaces:" + missing;
  check.mend = "use a kernel of your distribution";
  return check;
}

Check check_openat2() {
  Check check{"safe-paths", Health::kOk, "openat2", "", ""};
  const auto root = open_folder("/");
  if (root.ok() && open_in_root(root->get(), "proc", O_PATH).ok()) return check;
  check.health = Health::kFail;
  check.found = "openat2 is refused";
  check.meaning = "images and artifacts can not be unpacked safely";
  check.mend = "use Linux 5.6 or later; in a container, a seccomp profile that allows openat2";
  return check;
}

Check check_overlay(const std::string& data_dir) {
  Check check{"overlayfs", Health::kFail, "", "", ""};
  check.meaning = "image layers can not be stacked on the data directory's file system";
  const auto scratch = make_scratch_folder(data_dir + "/doctor");
  if (!scratch.ok()) {
    check.found = scratch.error().text();
    check.mend = "choose another --data-dir, or make this one writable";
    return check;
  }
  for (const char* name : {"lower", "upper", "work", "merged"}) {
    std::filesystem::create_directory(*scratch + "/" + name);
  }
  const std::string merged = *scratch + "/merged";
  const std::string layers =
      fmt::format("lowerdir={0}/lower,upperdir={0}/upper,workdir={0}/work", *scratch);
  if (::mount("overlay", merged.c_str(), "overlay", 0, layers.c_str()) == 0) {
    ::umount2(merged.c_str(), MNT_DETACH);
    check.health = Health::kOk;
    check.found = "works";
    check.meaning.clear();
  } else {
    check.found = std::string("mount: ") + std::strerror(errno);
    check.mend = errno == ENODEV  ? "modprobe overlay"
                 : errno == EPERM ? "run as root, or use --runtime host"
                                  : "put --data-dir on ext4, xfs or btrfs (not on an overlay)";
  }
  (void)remove_tree(data_dir + "/doctor").ok();
  return check;
}

Check check_inotify() {
  constexpr long kInstances = 128, kWatches = 8192;
  Check check{"inotify", Health::kOk, "", "", ""};
  const std::string base = "/proc/sys/fs/inotify/max_user_";
  const long instances = std::atol(read_or_empty(base + "instances").c_str());
  const long watches = std::atol(read_or_empty(base + "watches").c_str());
  check.found = fmt::format("{} instances, {} watches", instances, watches);
  if (instances >= kInstances && watches >= kWatches) return check;
  check.health = Health::kWarn;
  check.meaning = "many pods at once may run out of file watches";
  check.mend = "sysctl -w fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=65536";
  return check;
}

}  // namespace slipway::adapter
