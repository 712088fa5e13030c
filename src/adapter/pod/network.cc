#include "adapter/pod/network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "adapter/pod/netlink.h"
#include "adapter/pod/pod_files.h"
#include "adapter/process/program.h"

namespace slipway::adapter {
namespace {

constexpr const char* kBridge = "slipway0";

uint32_t address_of(const std::string& subnet, uint32_t host) {
  in_addr base{};
  inet_pton(AF_INET, (subnet + ".0.0").c_str(), &base);
  return ntohl(base.s_addr) + host;
}

Status run(std::vector<std::string> command) {
  TRY_ASSIGN(const ProgramEnd end,
             run_program({.command = command, .timeout = Duration::seconds(20)}));
  if (end.exit_code == 0) return {};
  return Error{ErrorCode::kIo, command[0] + ": " + end.err, ""};
}

// A table of our own: flushing it on a repeat touches nobody else's rules.
Status masquerade_with_nft(const std::string& subnet) {
  const std::string rules = fmt::format(
      "table ip slipway {{}}\ndelete table ip slipway\ntable ip slipway {{\n"
      "  chain postrouting {{ type nat hook postrouting priority 100; ip saddr {0}.0.0/16 ip daddr "
      "!= "
      "{0}.0.0/16 masquerade }}\n"
      "  chain forward {{ type filter hook forward priority -5; iifname {1} accept; oifname {1} "
      "accept }}\n}}\n",
      subnet, kBridge);
  const std::string file = "/run/slipway-nat.nft";
  TRY(write_file(file, rules, 0600));
  return run({"nft", "-f", file});
}

Status masquerade_with_iptables(const std::string& subnet) {
  const std::string all = subnet + ".0.0/16";
  const std::vector<std::string> rule = {"POSTROUTING", "-s", all,  "!",
                                         "-d",          all,  "-j", "MASQUERADE"};
  const auto with = [&](const char* verb) {
    std::vector<std::string> command = {"iptables", "-w", "-t", "nat", verb};
    command.insert(command.end(), rule.begin(), rule.end());
    return command;
  };
  if (run(with("-C")).ok()) return {};
  return run(with("-A"));
}

// Claims a free address: an exclusive lock on its file, held by the returned descriptor.
Result<std::pair<uint32_t, Fd>> claim_address(const std::string& subnet, const std::string& dir) {
  std::error_code failed;
  std::filesystem::create_directories(dir, failed);
  for (uint32_t host = 2; host < 0xfffe; ++host) {
    const std::string path = fmt::format("{}/{}.{}", dir, host >> 8, host & 0xff);
    Fd file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (file.get() < 0) return Error{ErrorCode::kIo, std::strerror(errno), path};
    if (flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
      return std::pair(address_of(subnet, host), std::move(file));
    }
  }
  return Error{ErrorCode::kLimit, "every address of the pod network is in use", subnet + ".0.0/16"};
}

std::string dotted(uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 0xff, address >> 8 & 0xff,
                     address & 0xff);
}

// Inside the new namespace.
Status configure_inside(uint32_t address, uint32_t gateway) {
  TRY(netlink::add_address("eth0", address, 16));
  TRY(netlink::link_up("eth0"));
  return netlink::add_default_route(gateway);
}

}  // namespace

Status prepare_bridge(const std::string& subnet) {
  std::error_code failed;
  if (!std::filesystem::exists(std::string("/sys/class/net/") + kBridge, failed)) {
    if (const Status made = run({"ip", "link", "add", kBridge, "type", "bridge"}); !made.ok()) {
      // Another nursery may have been quicker.
      if (!std::filesystem::exists(std::string("/sys/class/net/") + kBridge, failed))
        return made.error();
    }
  }
  TRY(netlink::add_address(kBridge, address_of(subnet, 1), 16));
  TRY(netlink::link_up(kBridge));
  TRY(write_file("/proc/sys/net/ipv4/ip_forward", "1\n").ok() ||
              run({"sysctl", "-q", "-w", "net.ipv4.ip_forward=1"}).ok()
          ? Status()
          : Status(Error{ErrorCode::kIo, "net.ipv4.ip_forward can not be set", ""}));
  if (masquerade_with_nft(subnet).ok()) return {};
  return masquerade_with_iptables(subnet);
}

Result<NetworkLease> make_pod_network(const std::string& subnet, const std::string& claims_dir,
                                      bool bridged) {
  NetworkLease lease;
  const Fd own(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  if (own.get() < 0 || unshare(CLONE_NEWNET) != 0) {
    return Error{ErrorCode::kIo,
                 fmt::format("a network namespace can not be made: {}", std::strerror(errno)), ""};
  }
  lease.network.ns = Fd(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
  Status status = netlink::link_up("lo");
  setns(own.get(), CLONE_NEWNET);
  TRY(std::move(status));
  if (!bridged) return lease;

  TRY_ASSIGN(auto claimed, claim_address(subnet, claims_dir));
  lease.lock = std::move(claimed.second);
  const uint32_t address = claimed.first;
  const std::string host = fmt::format("slip{:x}", address & 0xffff);
  Status veth = netlink::add_veth(host, lease.network.ns.get());
  if (!veth.ok() && veth.error().code == ErrorCode::kAlreadyExists) {
    // Left by a pod that ended badly; its address is ours now.
    TRY(run({"ip", "link", "delete", host}));
    veth = netlink::add_veth(host, lease.network.ns.get());
  }
  TRY(std::move(veth));
  TRY(netlink::set_master(host, kBridge));
  TRY(netlink::link_up(host));
  if (setns(lease.network.ns.get(), CLONE_NEWNET) != 0) {
    return Error{ErrorCode::kIo, std::strerror(errno), "setns"};
  }
  Status inside = configure_inside(address, address_of(subnet, 1));
  setns(own.get(), CLONE_NEWNET);
  TRY(std::move(inside));
  lease.network.ip = dotted(address);
  return lease;
}

std::string host_resolv_conf() {
  // systemd-resolved answers on 127.0.0.53 only, which a pod can not reach; its own list is here.
  for (const char* path : {"/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"}) {
    const Result<std::string> text = read_file(path);
    if (text.ok() && text->find("nameserver") != std::string::npos &&
        text->find("nameserver 127.") == std::string::npos) {
      return *text;
    }
  }
  return "";
}

}  // namespace slipway::adapter
