#include "adapter/pod/console_socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>

namespace slipway::adapter {

std::string ConsoleSocket::path() const {
  return fmt::format("/proc/{}/fd/{}/console", ::getpid(), folder_.get());
}

Result<ConsoleSocket> ConsoleSocket::listen(const std::string& folder) {
  ConsoleSocket console;
  console.folder_ = Fd(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!console.folder_) return system_error("cannot open " + folder);
  console.socket_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = console.path();
  path.copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
  ::unlink(path.c_str());  // an earlier try's
  if (!console.socket_ ||
      ::bind(console.socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(console.socket_.get(), 1) != 0) {
    return system_error("cannot listen for the container's terminal");
  }
  return console;
}

Result<Fd> ConsoleSocket::receive() {
  const Fd peer(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!peer) return system_error("the OCI runtime gave no terminal");
  std::array<char, 256> text;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  iovec data{text.data(), text.size()};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (::recvmsg(peer.get(), &message, MSG_CMSG_CLOEXEC) < 0) {
    return system_error("the OCI runtime gave no terminal");
  }
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) {
    return Error{ErrorCode::kIo, "the OCI runtime gave no terminal", ""};
  }
  int fd = -1;
  ::memcpy(&fd, CMSG_DATA(header), sizeof(fd));
  return Fd(fd);
}

}  // namespace slipway::adapter
