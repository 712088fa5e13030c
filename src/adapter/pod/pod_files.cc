#include "adapter/pod/pod_files.h"

#include <fcntl.h>
#include <fmt/format.h>

#include "adapter/archive/fd.h"
#include "adapter/pod/resolv_conf.h"

namespace slipway::adapter {

std::string pod_hostname(const pod::PodPlan& plan) {
  std::string name = plan.hostname.empty() ? plan.pod_name : plan.hostname;
  if (name.empty()) name = plan.id.value;
  if (name.size() > 63) name.resize(63);
  while (name.ends_with('-') || name.ends_with('.')) name.pop_back();
  return name;
}

std::string hosts_text(const pod::PodPlan& plan, const std::string& ip) {
  std::string text;
  if (plan.host_network) {
    if (const auto ours = read_small_file("/etc/hosts", 1u << 20); ours.ok()) text = *ours;
  } else {
    text = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";
    text += fmt::format("{}\t{}\n", ip.empty() ? "127.0.0.1" : ip, pod_hostname(plan));
  }
  for (const pod::HostAlias& alias : plan.host_aliases) {
    text += fmt::format("{}\t{}\n", alias.ip, fmt::join(alias.hostnames, "\t"));
  }
  return text;
}

Status write_pod_files(const pod::PodPlan& plan, const std::string& ip, const std::string& folder) {
  const std::pair<const char*, std::string> files[] = {
      {"/hosts", hosts_text(plan, ip)},
      {"/hostname", pod_hostname(plan) + "\n"},
      {"/resolv.conf", resolv_text(plan, machine_resolv_text())},
  };
  for (const auto& [name, text] : files) {
    const std::string path = folder + name;
    const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file) return system_error("cannot write " + path);
    TRY(write_all(file.get(), text.data(), text.size(), path));
  }
  return {};
}

}  // namespace slipway::adapter
