#include "adapter/pod/nursery_protocol.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "adapter/archive/fd.h"
#include "adapter/archive/tree.h"

namespace slipway::adapter {

std::string frame(const json::object& message) {
  std::string text(4, '\0');
  text += print_json(message);
  const auto size = static_cast<uint32_t>(text.size() - 4);
  for (int i = 0; i < 4; ++i) text[i] = static_cast<char>(size >> (8 * i));
  return text;
}

Result<std::optional<json::object>> FrameReader::next() {
  const auto left = buffer_.size() - read_;
  uint32_t size = 0;
  for (int i = 0; left >= 4 && i < 4; ++i) {
    size |= static_cast<uint32_t>(static_cast<unsigned char>(buffer_[read_ + i])) << (8 * i);
  }
  if (size > kFrameBytes) {
    return Error{ErrorCode::kLimit, "a message to the nursery is larger than 256 MiB", ""};
  }
  if (left < 4 || left < 4 + size_t{size}) {
    buffer_.erase(0, std::exchange(read_, 0));
    return std::optional<json::object>();
  }
  auto value = parse_json(std::string_view(buffer_).substr(read_ + 4, size));
  read_ += 4 + size_t{size};
  if (!value.ok()) return std::move(value).error();
  if (!value->is_object()) return Error{ErrorCode::kInvalid, "a message is no object", ""};
  return std::optional<json::object>(std::move(value->get_object()));
}

namespace {

// The kernel's limit of 108 bytes is met by going through the folder's descriptor.
struct Address {
  Fd folder;
  sockaddr_un name{};

  static Result<Address> of(const std::string& folder, const std::string& name) {
    Address address;
    TRY_ASSIGN(address.folder, open_folder(folder));
    const std::string path = "/proc/self/fd/" + std::to_string(address.folder.get()) + "/" + name;
    address.name.sun_family = AF_UNIX;
    std::strncpy(address.name.sun_path, path.c_str(), sizeof(address.name.sun_path) - 1);
    return address;
  }
  const sockaddr* pointer() const { return reinterpret_cast<const sockaddr*>(&name); }
};

Result<int> bind_local(const std::string& folder, const std::string& name, int type) {
  TRY_ASSIGN(const Address address, Address::of(folder, name));
  const int fd = ::socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  if (fd < 0) return system_error("cannot make a socket");
  ::unlink((folder + "/" + name).c_str());
  if (::bind(fd, address.pointer(), sizeof(address.name)) != 0) {
    Error error = system_error("cannot bind the socket " + folder + "/" + name);
    ::close(fd);
    return error;
  }
  return fd;
}

}  // namespace

Result<int> listen_local(const std::string& folder, const std::string& name) {
  const mode_t before = ::umask(0077);  // the socket is its owner's alone
  auto fd = bind_local(folder, name, SOCK_STREAM);
  ::umask(before);
  if (fd.ok() && ::listen(*fd, 128) != 0) return system_error("cannot listen on " + name);
  return fd;
}

Result<int> connect_local(const std::string& folder, const std::string& name) {
  auto address = Address::of(folder, name);
  if (!address.ok()) return Error{ErrorCode::kUnavailable, address.error().message, ""};
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return system_error("cannot make a socket");
  if (::connect(fd, address->pointer(), sizeof(address->name)) != 0) {
    Error error = system_error("cannot connect to " + folder + "/" + name);
    error.code = ErrorCode::kUnavailable;
    ::close(fd);
    return error;
  }
  return fd;
}

Result<int> bind_bell(const std::string& folder, const std::string& name) {
  auto fd = bind_local(folder, name, SOCK_DGRAM | SOCK_NONBLOCK);
  const int bytes = 4 << 20;
  if (fd.ok()) ::setsockopt(*fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
  return fd;
}

void ring_bell(const std::string& folder, const std::string& name, const std::string& text) {
  const auto address = Address::of(folder, name);
  if (!address.ok()) return;
  const Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd) return;
  // Nobody there is fine: a nursery that starts reads the reports.
  (void)::sendto(fd.get(), text.data(), text.size(), MSG_NOSIGNAL, address->pointer(),
                 sizeof(address->name));
}

}  // namespace slipway::adapter
