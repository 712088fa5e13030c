#include "adapter/pod/netlink.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace slipway::adapter::netlink {
namespace {

// One request being built: header, body, nested attributes.
class Message {
 public:
  Message(uint16_t type, uint16_t flags) {
    auto& header = *reinterpret_cast<nlmsghdr*>(buffer_);
    header.nlmsg_type = type;
    header.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    header.nlmsg_len = NLMSG_LENGTH(0);
  }

  template <class Body>
  Body& body() {
    void* at = buffer_ + length();
    grow(NLMSG_ALIGN(sizeof(Body)));
    return *new (at) Body{};
  }
  void attribute(uint16_t type, const void* data, size_t size) {
    auto& header = *reinterpret_cast<rtattr*>(buffer_ + length());
    header.rta_type = type;
    header.rta_len = static_cast<uint16_t>(RTA_LENGTH(size));
    std::memcpy(RTA_DATA(&header), data, size);
    grow(RTA_ALIGN(RTA_LENGTH(size)));
  }
  void text(uint16_t type, std::string_view value) {
    const std::string terminated(value);
    attribute(type, terminated.c_str(), terminated.size() + 1);
  }
  template <class Value>
  void number(uint16_t type, Value value) {
    attribute(type, &value, sizeof value);
  }
  size_t open(uint16_t type) {
    const size_t start = length();
    attribute(type, nullptr, 0);
    return start;
  }
  void close(size_t start) {
    reinterpret_cast<rtattr*>(buffer_ + start)->rta_len = static_cast<uint16_t>(length() - start);
  }

  Status send() {
    const int socket_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (socket_fd < 0) return failure(errno);
    Status status;
    if (::send(socket_fd, buffer_, length(), 0) < 0) {
      status = failure(errno);
    } else {
      alignas(nlmsghdr) char answer[4096];
      const ssize_t count = recv(socket_fd, answer, sizeof answer, 0);
      const auto& header = *reinterpret_cast<nlmsghdr*>(answer);
      if (count < static_cast<ssize_t>(sizeof header) || header.nlmsg_type != NLMSG_ERROR) {
        status = Error{ErrorCode::kIo, "netlink gave no answer", ""};
      } else if (const auto* error = static_cast<nlmsgerr*>(NLMSG_DATA(&header));
                 error->error != 0) {
        status = failure(-error->error);
      }
    }
    ::close(socket_fd);
    return status;
  }

 private:
  static Error failure(int code) {
    return {code == EEXIST ? ErrorCode::kAlreadyExists : ErrorCode::kIo,
            std::string("network set-up: ") + std::strerror(code), ""};
  }
  size_t length() const { return reinterpret_cast<const nlmsghdr*>(buffer_)->nlmsg_len; }
  void grow(size_t bytes) {
    reinterpret_cast<nlmsghdr*>(buffer_)->nlmsg_len += static_cast<uint32_t>(bytes);
  }

  alignas(nlmsghdr) char buffer_[1024] = {};
};

int index_of(const std::string& name) { return static_cast<int>(if_nametoindex(name.c_str())); }

}  // namespace

Status link_up(const std::string& name) {
  Message message(RTM_NEWLINK, 0);
  auto& link = message.body<ifinfomsg>();
  link.ifi_index = index_of(name);
  link.ifi_flags = IFF_UP;
  link.ifi_change = IFF_UP;
  return message.send();
}

Status add_veth(const std::string& host, int peer_ns) {
  Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  message.body<ifinfomsg>();
  message.text(IFLA_IFNAME, host);
  const size_t info = message.open(IFLA_LINKINFO);
  message.text(IFLA_INFO_KIND, "veth");
  const size_t data = message.open(IFLA_INFO_DATA);
  const size_t peer = message.open(VETH_INFO_PEER);
  message.body<ifinfomsg>();
  message.text(IFLA_IFNAME, "eth0");
  message.number<int32_t>(IFLA_NET_NS_FD, peer_ns);
  message.close(peer);
  message.close(data);
  message.close(info);
  return message.send();
}

Status set_master(const std::string& name, const std::string& bridge) {
  Message message(RTM_NEWLINK, 0);
  message.body<ifinfomsg>().ifi_index = index_of(name);
  message.number<int32_t>(IFLA_MASTER, index_of(bridge));
  return message.send();
}

Status add_address(const std::string& name, uint32_t address, int prefix) {
  Message message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE);
  auto& body = message.body<ifaddrmsg>();
  body.ifa_family = AF_INET;
  body.ifa_prefixlen = static_cast<uint8_t>(prefix);
  body.ifa_index = static_cast<uint32_t>(index_of(name));
  message.number<uint32_t>(IFA_LOCAL, htonl(address));
  message.number<uint32_t>(IFA_ADDRESS, htonl(address));
  return message.send();
}

Status add_default_route(uint32_t gateway) {
  Message message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE);
  auto& body = message.body<rtmsg>();
  body.rtm_family = AF_INET;
  body.rtm_table = RT_TABLE_MAIN;
  body.rtm_protocol = RTPROT_BOOT;
  body.rtm_scope = RT_SCOPE_UNIVERSE;
  body.rtm_type = RTN_UNICAST;
  message.number<uint32_t>(RTA_GATEWAY, htonl(gateway));
  return message.send();
}

}  // namespace slipway::adapter::netlink
