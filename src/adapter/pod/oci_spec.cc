#include "adapter/pod/oci_spec.h"

#include <algorithm>

#include "adapter/image/image_store.h"
#include "core/pod/plan.h"

namespace slipway::adapter {
namespace {

// What Docker gives to a container by default.
constexpr const char* kDefaultCapabilities[] = {
    "CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FSETID",           "CAP_FOWNER",
    "CAP_MKNOD",   "CAP_NET_RAW",      "CAP_SETGID",           "CAP_SETUID",
    "CAP_SETFCAP", "CAP_SETPCAP",      "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
    "CAP_KILL",    "CAP_AUDIT_WRITE"};

constexpr const char* kMasked[] = {"/proc/acpi",
                                   "/proc/asound",
                                   "/proc/kcore",
                                   "/proc/keys",
                                   "/proc/latency_stats",
                                   "/proc/timer_list",
                                   "/proc/timer_stats",
                                   "/proc/sched_debug",
                                   "/proc/scsi",
                                   "/sys/firmware",
                                   "/sys/devices/virtual/powercap"};
constexpr const char* kReadOnly[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                     "/proc/sysrq-trigger"};

json::array texts(const std::vector<std::string>& list) {
  json::array out;
  for (const std::string& text : list) out.push_back(json::string(text));
  return out;
}

std::string with_prefix(const std::string& name) {
  return name.starts_with("CAP_") ? name : "CAP_" + name;
}

json::array capabilities(const OciInput& input) {
  const pod::SecurityContext& security = input.container.security;
  const auto names = [](const std::vector<std::string>& list, const std::string& name) {
    return std::any_of(list.begin(), list.end(), [&](const std::string& one) {
      return one == "ALL" || with_prefix(one) == name;
    });
  };
  std::vector<std::string> kept;
  for (const std::string& name : input.bounding) {
    const bool usual = std::find(std::begin(kDefaultCapabilities), std::end(kDefaultCapabilities),
                                 name) != std::end(kDefaultCapabilities);
    const bool wanted = security.privileged || names(security.capabilities.add, name) ||
                        (usual && !names(security.capabilities.drop, name));
    if (wanted) kept.push_back(name);
  }
  return texts(kept);
}

json::object process(const OciInput& input) {
  const pod::Container& container = input.container;
  json::array env;
  for (const std::string& pair : input.image.env) {
    const std::string name = pair.substr(0, pair.find('='));
    const bool replaced = std::any_of(container.env.begin(), container.env.end(),
                                      [&](const pod::EnvVar& var) { return var.name == name; });
    if (!replaced) env.push_back(json::string(pair));
  }
  const auto has = [&](const std::string& name) {
    return std::any_of(env.begin(), env.end(), [&](const json::value& pair) {
      return view(pair.get_string()).starts_with(name + "=");
    });
  };
  for (const pod::EnvVar& var : container.env)
    env.push_back(json::string(var.name + "=" + var.value));
  if (!has("PATH")) {
    env.push_back("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  }
  if (!has("HOME")) env.push_back(json::string("HOME=" + input.user.home));
  if (!has("HOSTNAME")) env.push_back(json::string("HOSTNAME=" + input.hostname));

  json::object user{{"uid", input.user.uid}, {"gid", input.user.gid}};
  json::array groups;
  for (const int64_t group : input.user.groups) groups.push_back(group);
  if (!groups.empty()) user["additionalGids"] = std::move(groups);

  std::string directory =
      container.working_dir.empty() ? input.image.working_dir : container.working_dir;
  if (directory.empty()) directory = "/";
  const json::array caps = capabilities(input);
  // Only root has its capabilities effective at once; others get them by file or ambient.
  json::object sets{{"bounding", caps}};
  if (input.user.uid == 0) {
    sets["effective"] = caps;
    sets["permitted"] = caps;
  }
  json::object out;
  out["terminal"] = false;
  out["user"] = std::move(user);
  out["args"] = texts(input.command);
  out["env"] = std::move(env);
  out["cwd"] = directory;
  out["capabilities"] = std::move(sets);
  out["rlimits"] = json::array{json::object{
      {"type", "RLIMIT_NOFILE"}, {"hard", input.open_files}, {"soft", input.open_files}}};
  out["noNewPrivileges"] =
      !container.security.privileged && !container.security.allow_privilege_escalation;
  return out;
}

json::object mount(const char* target, const char* type, const char* source, json::array options) {
  return {
      {"destination", target}, {"type", type}, {"source", source}, {"options", std::move(options)}};
}

json::array mounts(const OciInput& input) {
  const bool privileged = input.container.security.privileged;
  json::array out;
  out.push_back(mount("/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}));
  out.push_back(
      mount("/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}));
  out.push_back(mount("/dev/pts", "devpts", "devpts",
                      {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}));
  out.push_back(mount("/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}));
  out.push_back(
      mount("/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}));
  const json::array access = privileged ? json::array{"nosuid", "noexec", "nodev", "rw"}
                                        : json::array{"nosuid", "noexec", "nodev", "ro"};
  out.push_back(mount("/sys", "sysfs", "sysfs", access));
  if (privileged) {
    out.push_back(mount("/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "rw"}));
    out.push_back(mount("/run", "tmpfs", "tmpfs", {"nosuid", "mode=755"}));
  }
  for (const BindMount& bind : input.mounts) {
    out.push_back(json::object{{"destination", bind.target},
                               {"type", "bind"},
                               {"source", bind.source},
                               {"options", json::array{"rbind", bind.read_only ? "ro" : "rw"}}});
  }
  return out;
}

json::object resources(const OciInput& input) {
  const pod::Resources& limits = input.container.resources;
  json::object out;
  if (input.container.security.privileged) {
    out["devices"] = json::array{json::object{{"allow", true}, {"access", "rwm"}}};
  } else {
    json::array devices{json::object{{"allow", false}, {"access", "rwm"}}};
    const auto allow = [&](int64_t major, int64_t minor) {
      json::object rule{{"allow", true}, {"type", "c"}, {"major", major}, {"access", "rwm"}};
      if (minor >= 0) rule["minor"] = minor;
      devices.push_back(std::move(rule));
    };
    for (const int64_t minor : {3, 5, 7, 8, 9}) allow(1, minor);  // null zero full random urandom
    allow(5, 0);                                                  // tty
    allow(5, 2);                                                  // ptmx
    allow(136, -1);                                               // pts/*
    out["devices"] = std::move(devices);
  }
  if (limits.memory_limit_bytes > 0) {
    out["memory"] = json::object{{"limit", limits.memory_limit_bytes}};
  }
  if (limits.cpu_limit_millis > 0) {
    out["cpu"] = json::object{{"quota", std::max<int64_t>(1000, limits.cpu_limit_millis * 100)},
                              {"period", 100000}};
  }
  if (input.pids_limit > 0) out["pids"] = json::object{{"limit", input.pids_limit}};
  return out;
}

json::array namespaces(const OciInput& input) {
  json::array out{json::object{{"type", "mount"}}};
  const auto join = [&](const char* type, const std::string& path) {
    json::object ns{{"type", type}};
    if (!path.empty()) ns["path"] = path;
    out.push_back(std::move(ns));
  };
  if (!input.host_pid) join("pid", "");
  if (!input.host_ipc) join("ipc", input.ipc_ns);
  join("uts", input.uts_ns);
  if (!input.network_ns.empty()) join("network", input.network_ns);
  if (input.container.security.privileged) join("cgroup", "");
  return out;
}

}  // namespace

json::object oci_spec(const OciInput& input) {
  const pod::SecurityContext& security = input.container.security;
  json::object linux_part;
  linux_part["namespaces"] = namespaces(input);
  linux_part["cgroupsPath"] = input.cgroup;
  linux_part["resources"] = resources(input);
  if (!security.privileged && !security.proc_unmasked) {
    json::array masked, read_only;
    for (const char* path : kMasked) masked.push_back(path);
    for (const char* path : kReadOnly) read_only.push_back(path);
    linux_part["maskedPaths"] = std::move(masked);
    linux_part["readonlyPaths"] = std::move(read_only);
  }
  json::object annotations;
  if (!security.privileged && !security.seccomp_unconfined) {
    if (!input.seccomp_bpf.empty()) {
      annotations["run.oci.seccomp_bpf_data"] = input.seccomp_bpf;
    } else {
      linux_part["seccomp"] = input.seccomp;
    }
  }
  json::object out;
  out["ociVersion"] = "1.0.2";
  out["process"] = process(input);
  out["root"] = json::object{{"path", input.root}, {"readonly", security.read_only_root}};
  out["hostname"] = input.hostname;
  // A joined UTS namespace has its name already.
  if (!input.uts_ns.empty()) out.erase("hostname");
  out["mounts"] = mounts(input);
  if (!annotations.empty()) out["annotations"] = std::move(annotations);
  out["linux"] = std::move(linux_part);
  return out;
}

}  // namespace slipway::adapter
