#include "adapter/pod/network_pool.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <fstream>

#include "adapter/pod/event_loop.h"
#include "adapter/pod/netlink.h"
#include "adapter/process/program.h"

namespace slipway::adapter {

namespace {

Status run(const std::vector<std::string>& command) {
  TRY_ASSIGN(const ProgramEnd end,
             run_program({.command = command, .timeout = Duration::seconds(30)}));
  if (end.exit_code == 0) return {};
  return Error{ErrorCode::kUnavailable,
               fmt::format("{} failed ({}): {}", fmt::join(command, " "), end.exit_code, end.err),
               ""};
}

// A rule that is there already is not added again.
Status add_rule(std::vector<std::string> rule, const std::string& table, const std::string& chain) {
  std::vector<std::string> command{"iptables", "-w", "-t", table, "-C", chain};
  command.insert(command.end(), rule.begin(), rule.end());
  if (run(command).ok()) return {};
  command[4] = "-I";
  return run(command);
}

Status set_up_nat(const std::string& bridge, const std::string& subnet) {
  std::ofstream("/proc/sys/net/ipv4/ip_forward") << "1\n";
  Status status =
      add_rule({"-s", subnet, "!", "-o", bridge, "-j", "MASQUERADE"}, "nat", "POSTROUTING");
  if (status.ok()) {
    TRY(add_rule({"-i", bridge, "-j", "ACCEPT"}, "filter", "FORWARD"));
    return add_rule({"-o", bridge, "-j", "ACCEPT"}, "filter", "FORWARD");
  }
  if (status.error().code != ErrorCode::kNotFound) return status;
  TRY(run({"nft", fmt::format("add table ip slipway; delete table ip slipway; table ip slipway {{ "
                              "chain out {{ type nat hook postrouting priority srcnat; "
                              "ip saddr {} oifname != \"{}\" masquerade; }} }}",
                              subnet, bridge)}));
  return {};
}

// Of the default route's link, so that packets need no fragments on their way out.
uint32_t uplink_mtu() {
  std::ifstream routes("/proc/net/route");
  std::string line, link, destination;
  std::getline(routes, line);
  while (routes >> link >> destination) {
    std::getline(routes, line);
    uint32_t mtu = 0;
    if (destination == "00000000" && std::ifstream("/sys/class/net/" + link + "/mtu") >> mtu) {
      return mtu;
    }
  }
  return 1500;
}

std::string dotted(uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255,
                     address & 255);
}

// A new network name space with its loopback device up; the thread is back where it was.
Result<Fd> new_space(const std::function<Status(int space)>& connect) {
  const Fd home(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!home || ::unshare(CLONE_NEWNET) != 0) {
    return system_error("cannot make a network name space (containers need root)");
  }
  Fd space(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  auto inside = Netlink::open();
  Status status = inside.ok() ? inside->set_up(1) : Status(inside.error());
  ::setns(home.get(), CLONE_NEWNET);
  if (status.ok()) status = connect(space.get());
  if (!status.ok()) return std::move(status).error();
  return space;
}

Status configure(int space, uint32_t address, int prefix, uint32_t gateway) {
  const Fd home(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (::setns(space, CLONE_NEWNET) != 0) return system_error("cannot enter a network name space");
  auto inside = Netlink::open();
  Status status = inside.ok() ? Status() : Status(inside.error());
  Result<uint32_t> link = inside.ok() ? inside->index_of("eth0") : Result<uint32_t>(0u);
  ::setns(home.get(), CLONE_NEWNET);
  TRY(std::move(status));
  if (!link.ok()) return std::move(link).error();
  TRY(inside->add_address(*link, address, prefix));
  TRY(inside->set_up(*link));
  return inside->add_default_route(gateway);
}

}  // namespace

Result<std::pair<uint32_t, int>> parse_subnet(const std::string& text) {
  const size_t slash = text.find('/');
  in_addr address{};
  int prefix = 0;
  if (slash == std::string::npos ||
      ::inet_pton(AF_INET, text.substr(0, slash).c_str(), &address) != 1 ||
      (prefix = std::atoi(text.c_str() + slash + 1)) < 8 || prefix > 29) {
    return Error{ErrorCode::kInvalid,
                 fmt::format("`{}` is no IPv4 subnet such as 10.89.0.0/16 (/8 to /29)", text), ""};
  }
  return std::pair{ntohl(address.s_addr) & ~((1u << (32 - prefix)) - 1), prefix};
}

Result<std::string> bridge_address(const std::string& subnet) {
  TRY_ASSIGN(const auto range, parse_subnet(subnet));
  return dotted(range.first + 1);
}

Status NetworkPool::prepare_bridge(const RuntimeOptions& options) {
  if (bridge_ready_) return {};
  TRY_ASSIGN(const auto subnet, parse_subnet(options.bridge_subnet));
  std::tie(subnet_, prefix_) = subnet;
  TRY_ASSIGN(Netlink netlink, Netlink::open());
  if (Status added = netlink.add_bridge(options.bridge);
      !added.ok() && added.error().code != ErrorCode::kAlreadyExists) {
    return added;
  }
  TRY_ASSIGN(bridge_, netlink.index_of(options.bridge));
  TRY(netlink.add_address(bridge_, subnet_ + 1, prefix_));
  TRY(netlink.set_up(bridge_));
  TRY(set_up_nat(options.bridge, options.bridge_subnet));
  mtu_ = uplink_mtu();
  next_ = static_cast<uint32_t>(wall_now().ns / 1000);  // not all nurseries begin at the same place
  bridge_ready_ = true;
  return {};
}

Result<PodNetwork> NetworkPool::make(const RuntimeOptions& options) {
  PodNetwork network;
  if (options.isolated_network) {
    TRY_ASSIGN(network.space, new_space([](int) { return Status(); }));
    return network;
  }
  TRY(prepare_bridge(options));
  const uint32_t size = 1u << (32 - prefix_);
  uint32_t address = 0;
  const auto connect = [&](int space) -> Status {
    TRY_ASSIGN(Netlink netlink, Netlink::open());
    for (uint32_t tried = 0; tried < size; ++tried) {
      address = subnet_ + 2 + next_++ % (size - 3);
      Status added = netlink.add_veth(fmt::format("sl{:08x}", address), bridge_, space, mtu_);
      if (added.ok() || added.error().code != ErrorCode::kAlreadyExists) return added;
    }
    return Error{ErrorCode::kLimit, "no address is free in " + options.bridge_subnet, ""};
  };
  TRY_ASSIGN(network.space, new_space(connect));
  TRY(configure(network.space.get(), address, prefix_, subnet_ + 1));
  network.ip = dotted(address);
  return network;
}

Result<PodNetwork> NetworkPool::take(const RuntimeOptions& options) {
  if (ready_.empty() || ready_.back().ip.empty() != options.isolated_network) return make(options);
  PodNetwork network = std::move(ready_.back());
  ready_.pop_back();
  return network;
}

bool NetworkPool::fill_one(const RuntimeOptions& options) {
  if (static_cast<int>(ready_.size()) >= options.network_pool) return false;
  auto made = make(options);
  if (!made.ok()) return false;
  ready_.push_back(std::move(*made));
  return true;
}

}  // namespace slipway::adapter
