#include "adapter/pod/bundle.h"

#include <fmt/format.h>

namespace slipway::adapter {

namespace {

json::array words(const std::vector<std::string>& list) {
  json::array array;
  for (const std::string& word : list) array.push_back(json::value(word));
  return array;
}

json::object mount(const std::string& path, const std::string& type, const std::string& source,
                   std::initializer_list<json::value_ref> options) {
  return {
      {"destination", path}, {"type", type}, {"source", source}, {"options", json::value(options)}};
}

json::object process(const pod::Container& container, const BundleFacts& facts) {
  json::array groups;
  for (const uint32_t group : facts.user.groups) groups.push_back(group);
  json::object user{{"uid", facts.user.uid}, {"gid", facts.user.gid}};
  if (!groups.empty()) user["additionalGids"] = std::move(groups);
  const json::array held = words(facts.capabilities);
  json::object capabilities{{"bounding", held}, {"effective", held}, {"permitted", held}};
  if (container.security.privileged) capabilities["inheritable"] = held;
  return {{"terminal", container.tty},
          {"user", std::move(user)},
          {"args", words(facts.argv)},
          {"env", words(facts.env)},
          {"cwd", facts.working_dir},
          {"capabilities", std::move(capabilities)},
          {"rlimits",
           {json::object{{"type", "RLIMIT_NOFILE"},
                         {"hard", facts.open_files_hard},
                         {"soft", std::min<uint64_t>(facts.open_files_hard, 1024 * 1024)}}}},
          {"noNewPrivileges",
           !container.security.privileged && !container.security.allow_privilege_escalation},
          {"oomScoreAdj", 500}};
}

json::array mounts(const pod::Container& container, const BundleFacts& facts) {
  const bool privileged = container.security.privileged;
  const char* sys_mode = privileged ? "rw" : "ro";
  json::array list{
      mount("/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}),
      mount("/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}),
      mount("/dev/pts", "devpts", "devpts",
            {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}),
      mount("/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}),
      mount("/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", sys_mode}),
      mount("/sys/fs/cgroup", "cgroup", "cgroup",
            {"nosuid", "noexec", "nodev", "relatime", sys_mode}),
  };
  if (facts.shm.empty()) {
    list.push_back(mount("/dev/shm", "tmpfs", "shm",
                         {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}));
  } else {
    list.push_back(mount("/dev/shm", "bind", facts.shm, {"bind", "nosuid", "noexec", "nodev"}));
  }
  for (const char* name : {"hosts", "hostname", "resolv.conf"}) {
    list.push_back(
        mount(fmt::format("/etc/{}", name), "bind", facts.files + "/" + name, {"bind", "rw"}));
  }
  for (const BundleMount& extra : facts.mounts) {
    list.push_back(
        mount(extra.path, "bind", extra.source, {"rbind", extra.read_only ? "ro" : "rw"}));
  }
  return list;
}

json::object resources(const pod::Container& container, const BundleFacts& facts) {
  json::object limits;
  const pod::Resources& wanted = facts.resources;
  if (wanted.memory_limit_bytes > 0) {
    // No swap beside it, as Kubernetes has it.
    limits["memory"] = {{"limit", wanted.memory_limit_bytes}, {"swap", wanted.memory_limit_bytes}};
  }
  json::object cpu;
  if (wanted.cpu_limit_millis > 0) {
    cpu["quota"] = std::max<int64_t>(wanted.cpu_limit_millis * 100, 1000);
    cpu["period"] = 100'000;
  }
  if (wanted.cpu_request_millis > 0) {
    cpu["shares"] = std::max<int64_t>(wanted.cpu_request_millis * 1024 / 1000, 2);
  }
  if (!cpu.empty()) limits["cpu"] = std::move(cpu);
  if (facts.pids_limit > 0) limits["pids"] = {{"limit", facts.pids_limit}};
  const bool all = container.security.privileged;
  limits["devices"] = json::array{json::object{{"allow", all}, {"access", "rwm"}}};
  return limits;
}

json::object linux_part(const pod::PodPlan& plan, const pod::Container& container,
                        const BundleFacts& facts) {
  const pod::SecurityContext& security = container.security;
  // Those that are shared by the pod (ipc, uts) are the supervisor's own.
  json::array spaces{json::object{{"type", "mount"}}};
  if (!plan.host_pid) spaces.push_back(json::object{{"type", "pid"}});
  if (!facts.pids.empty()) spaces.back().as_object()["path"] = facts.pids;
  if (!facts.network.empty()) {
    spaces.push_back(json::object{{"type", "network"}, {"path", facts.network}});
  }
  if (security.privileged || facts.unified_cgroup) {
    spaces.push_back(json::object{{"type", "cgroup"}});
  }
  json::object linux{{"namespaces", std::move(spaces)},
                     {"cgroupsPath", facts.cgroup},
                     {"resources", resources(container, facts)}};
  if (!security.privileged && !security.proc_unmasked) {
    linux["maskedPaths"] = {"/proc/asound",
                            "/proc/acpi",
                            "/proc/kcore",
                            "/proc/keys",
                            "/proc/latency_stats",
                            "/proc/timer_list",
                            "/proc/timer_stats",
                            "/proc/sched_debug",
                            "/proc/scsi",
                            "/sys/firmware",
                            "/sys/devices/virtual/powercap"};
    linux["readonlyPaths"] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                              "/proc/sysrq-trigger"};
  }
  json::object sysctl;
  for (const auto& [name, value] : plan.sysctls) {
    if (name.starts_with("net.") && !facts.network.empty()) sysctl[name] = value;
  }
  if (!sysctl.empty()) linux["sysctl"] = std::move(sysctl);
  json::array devices;
  for (const BundleDevice& device : facts.devices) {
    devices.push_back(json::object{{"path", device.path},
                                   {"type", std::string(1, device.type)},
                                   {"major", device.major},
                                   {"minor", device.minor},
                                   {"fileMode", device.mode},
                                   {"uid", device.uid},
                                   {"gid", device.gid}});
  }
  if (!devices.empty()) linux["devices"] = std::move(devices);
  if (!facts.seccomp_profile.empty()) linux["seccomp"] = facts.seccomp_profile;
  return linux;
}

}  // namespace

json::object make_bundle(const pod::PodPlan& plan, const pod::Container& container,
                         const BundleFacts& facts) {
  json::object bundle{
      {"ociVersion", "1.0.2"},
      {"process", process(container, facts)},
      {"root", {{"path", facts.rootfs}, {"readonly", container.security.read_only_root}}},
      {"mounts", mounts(container, facts)},
      {"linux", linux_part(plan, container, facts)}};
  if (!facts.seccomp_filter.empty()) {
    bundle["annotations"] = {{"run.oci.seccomp_bpf_data", facts.seccomp_filter}};
  }
  return bundle;
}

}  // namespace slipway::adapter
