#include "adapter/pod/netlink.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace slipway::adapter {

namespace {

// A request under construction: a header, a fixed part, attributes.
class Request {
 public:
  template <class Body>
  Request(uint16_t type, uint16_t flags, const Body& body) {
    nlmsghdr header{};
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    raw(&header, sizeof(header));
    raw(&body, sizeof(body));
  }
  void raw(const void* data, size_t size) {
    bytes.append(static_cast<const char*>(data), size);
    bytes.append((4 - size % 4) % 4, '\0');
  }
  void add(uint16_t type, const void* data, size_t size) {
    const rtattr attribute{static_cast<uint16_t>(sizeof(rtattr) + size), type};
    raw(&attribute, sizeof(attribute));
    raw(data, size);
  }
  void add(uint16_t type, const std::string& text) { add(type, text.c_str(), text.size() + 1); }
  void add(uint16_t type, uint32_t number) { add(type, &number, sizeof(number)); }
  size_t begin(uint16_t type) {
    const size_t at = bytes.size();
    const rtattr attribute{0, type};
    raw(&attribute, sizeof(attribute));
    return at;
  }
  void end(size_t at) {
    const auto size = static_cast<uint16_t>(bytes.size() - at);
    std::memcpy(bytes.data() + at, &size, sizeof(size));
  }

  std::string bytes;
};

ifinfomsg link_body(uint32_t index, uint32_t flags) {
  ifinfomsg body{};
  body.ifi_family = AF_UNSPEC;
  body.ifi_index = static_cast<int>(index);
  body.ifi_flags = flags;
  body.ifi_change = flags;
  return body;
}

}  // namespace

Result<Netlink> Netlink::open() {
  Netlink netlink;
  netlink.socket_ = Fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!netlink.socket_) return system_error("cannot open a routing socket");
  return netlink;
}

Status Netlink::ask(std::string& request) {
  auto* header = reinterpret_cast<nlmsghdr*>(request.data());
  header->nlmsg_len = static_cast<uint32_t>(request.size());
  header->nlmsg_seq = ++sequence_;
  if (::send(socket_.get(), request.data(), request.size(), 0) < 0) {
    return system_error("cannot ask for a network change");
  }
  alignas(nlmsghdr) std::array<char, 8192> answer;
  for (;;) {
    const ssize_t count = ::recv(socket_.get(), answer.data(), answer.size(), 0);
    if (count < 0) return system_error("no answer about a network change");
    const auto* reply = reinterpret_cast<const nlmsghdr*>(answer.data());
    if (reply->nlmsg_seq != sequence_ || reply->nlmsg_type != NLMSG_ERROR) continue;
    const int failed = -reinterpret_cast<const nlmsgerr*>(NLMSG_DATA(reply))->error;
    if (failed == 0) return {};
    Error error = system_error("the kernel refused a network change", failed);
    if (failed == EEXIST) error.code = ErrorCode::kAlreadyExists;
    return error;
  }
}

Result<uint32_t> Netlink::index_of(const std::string& link) {
  const unsigned index = ::if_nametoindex(link.c_str());
  if (index == 0) return Error{ErrorCode::kNotFound, "there is no network link " + link, ""};
  return index;
}

Status Netlink::add_bridge(const std::string& name) {
  Request request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, link_body(0, IFF_UP));
  request.add(IFLA_IFNAME, name);
  const size_t info = request.begin(IFLA_LINKINFO);
  request.add(IFLA_INFO_KIND, std::string("bridge"));
  request.end(info);
  return ask(request.bytes);
}

Status Netlink::add_veth(const std::string& name, uint32_t bridge, int space, uint32_t mtu) {
  Request request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, link_body(0, 0));
  request.add(IFLA_IFNAME, name);
  request.add(IFLA_MASTER, bridge);
  request.add(IFLA_MTU, mtu);
  const size_t info = request.begin(IFLA_LINKINFO);
  request.add(IFLA_INFO_KIND, std::string("veth"));
  const size_t data = request.begin(IFLA_INFO_DATA);
  const size_t peer = request.begin(VETH_INFO_PEER);
  const ifinfomsg body = link_body(0, 0);  // it can not be up before both ends exist
  request.raw(&body, sizeof(body));
  request.add(IFLA_IFNAME, std::string("eth0"));
  request.add(IFLA_MTU, mtu);
  request.add(IFLA_NET_NS_FD, static_cast<uint32_t>(space));
  request.end(peer);
  request.end(data);
  request.end(info);
  TRY(ask(request.bytes));
  TRY_ASSIGN(const uint32_t link, index_of(name));
  // A port of a bridge needs no address. The one that the kernel would give it asks the neighbours
  // whether it is free, and when it goes the whole table of NAT is searched for it.
  (void)keep_without_ipv6(link);  // refused where there is no IPv6
  return set_up(link);
}

Status Netlink::keep_without_ipv6(uint32_t link) {
  Request request(RTM_NEWLINK, 0, link_body(link, 0));
  const size_t families = request.begin(IFLA_AF_SPEC);
  const size_t family = request.begin(AF_INET6);
  const uint8_t none = IN6_ADDR_GEN_MODE_NONE;
  request.add(IFLA_INET6_ADDR_GEN_MODE, &none, sizeof(none));
  request.end(family);
  request.end(families);
  return ask(request.bytes);
}

Status Netlink::set_up(uint32_t link) {
  Request request(RTM_NEWLINK, 0, link_body(link, IFF_UP));
  return ask(request.bytes);
}

Status Netlink::add_address(uint32_t link, uint32_t address, int prefix) {
  ifaddrmsg body{};
  body.ifa_family = AF_INET;
  body.ifa_prefixlen = static_cast<uint8_t>(prefix);
  body.ifa_index = link;
  Request request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, body);
  request.add(IFA_LOCAL, htonl(address));
  request.add(IFA_ADDRESS, htonl(address));
  return ask(request.bytes);
}

Status Netlink::add_default_route(uint32_t gateway) {
  rtmsg body{};
  body.rtm_family = AF_INET;
  body.rtm_table = RT_TABLE_MAIN;
  body.rtm_protocol = RTPROT_BOOT;
  body.rtm_scope = RT_SCOPE_UNIVERSE;
  body.rtm_type = RTN_UNICAST;
  Request request(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, body);
  request.add(RTA_GATEWAY, htonl(gateway));
  return ask(request.bytes);
}

}  // namespace slipway::adapter
