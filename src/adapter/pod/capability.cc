#include "adapter/pod/capability.h"

#include <fmt/format.h>
#include <sys/prctl.h>

#include <array>

namespace slipway::adapter {

namespace {

constexpr std::array<const char*, 41> kNames{"CHOWN",
                                             "DAC_OVERRIDE",
                                             "DAC_READ_SEARCH",
                                             "FOWNER",
                                             "FSETID",
                                             "KILL",
                                             "SETGID",
                                             "SETUID",
                                             "SETPCAP",
                                             "LINUX_IMMUTABLE",
                                             "NET_BIND_SERVICE",
                                             "NET_BROADCAST",
                                             "NET_ADMIN",
                                             "NET_RAW",
                                             "IPC_LOCK",
                                             "IPC_OWNER",
                                             "SYS_MODULE",
                                             "SYS_RAWIO",
                                             "SYS_CHROOT",
                                             "SYS_PTRACE",
                                             "SYS_PACCT",
                                             "SYS_ADMIN",
                                             "SYS_BOOT",
                                             "SYS_NICE",
                                             "SYS_RESOURCE",
                                             "SYS_TIME",
                                             "SYS_TTY_CONFIG",
                                             "MKNOD",
                                             "LEASE",
                                             "AUDIT_WRITE",
                                             "AUDIT_CONTROL",
                                             "SETFCAP",
                                             "MAC_OVERRIDE",
                                             "MAC_ADMIN",
                                             "SYSLOG",
                                             "WAKE_ALARM",
                                             "BLOCK_SUSPEND",
                                             "AUDIT_READ",
                                             "PERFMON",
                                             "BPF",
                                             "CHECKPOINT_RESTORE"};

constexpr std::array<const char*, 14> kDefault{
    "CHOWN",   "DAC_OVERRIDE", "FSETID",           "FOWNER",
    "MKNOD",   "NET_RAW",      "SETGID",           "SETUID",
    "SETFCAP", "SETPCAP",      "NET_BIND_SERVICE", "SYS_CHROOT",
    "KILL",    "AUDIT_WRITE"};

std::string plain(std::string name) {
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name.starts_with("CAP_") ? name.substr(4) : name;
}

std::set<std::string> all() { return {kNames.begin(), kNames.end()}; }

}  // namespace

std::set<std::string> bounding_capabilities() {
  std::set<std::string> held;
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (::prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1) held.insert(kNames[i]);
  }
  return held;
}

Status check_capabilities(const pod::Capabilities& asked) {
  const auto known = all();
  for (const auto* list : {&asked.add, &asked.drop}) {
    for (const std::string& name : *list) {
      if (plain(name) == "ALL" || known.contains(plain(name))) continue;
      return Error{ErrorCode::kInvalid,
                   fmt::format("securityContext.capabilities names `{}`, which is no Linux "
                               "capability",
                               name),
                   ""};
    }
  }
  return {};
}

std::set<std::string> granted_capabilities(const pod::Capabilities& asked, bool privileged) {
  std::set<std::string> wanted(kDefault.begin(), kDefault.end());
  if (privileged) wanted = all();
  for (const std::string& name : asked.drop) {
    if (plain(name) == "ALL") {
      wanted.clear();
    } else {
      wanted.erase(plain(name));
    }
  }
  for (const std::string& name : asked.add) {
    if (plain(name) == "ALL") {
      wanted = all();
      for (const std::string& dropped : asked.drop) wanted.erase(plain(dropped));
    } else {
      wanted.insert(plain(name));
    }
  }
  const auto held = bounding_capabilities();
  std::erase_if(wanted, [&](const std::string& name) { return !held.contains(name); });
  return wanted;
}

}  // namespace slipway::adapter
