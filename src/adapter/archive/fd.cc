#include "adapter/archive/fd.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace slipway::adapter {

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

Error system_error(const std::string& what, int number) {
  if (number == ENOSPC || number == EDQUOT) {
    return {ErrorCode::kIo, fmt::format("{}: the disk is full; free space and try again", what)};
  }
  return {number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
          fmt::format("{}: {}", what, std::strerror(number))};
}

Status write_all(int fd, const void* data, size_t size, const std::string& what) {
  const char* next = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t n = ::write(fd, next, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot write " + what);
    next += n;
    size -= static_cast<size_t>(n);
  }
  return {};
}

Result<std::string> read_all(int fd, size_t max_bytes, const std::string& what) {
  std::string content;
  char buffer[16384];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot read " + what);
    if (n == 0) return content;
    if (content.size() + static_cast<size_t>(n) > max_bytes) {
      return Error{ErrorCode::kLimit,
                   fmt::format("{} is larger than the allowed {} bytes", what, max_bytes)};
    }
    content.append(buffer, static_cast<size_t>(n));
  }
}

Result<std::string> read_small_file(const std::string& path, size_t max_bytes) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return system_error("cannot open " + path);
  return read_all(fd.get(), max_bytes, path);
}

Status write_file_atomically(const std::string& path, const std::string& content, unsigned mode) {
  const std::string temporary = path + "." + random_name() + ".tmp";
  Status written = [&]() -> Status {
    const Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!fd) return system_error("cannot make " + temporary);
    TRY(write_all(fd.get(), content.data(), content.size(), temporary));
    if (::fsync(fd.get()) != 0) return system_error("cannot sync " + temporary);
    if (::rename(temporary.c_str(), path.c_str()) != 0) return system_error("cannot make " + path);
    return {};
  }();
  if (!written.ok()) {
    ::unlink(temporary.c_str());
    return written;
  }
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const Fd folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return system_error("cannot sync " + parent);
  return {};
}

Status copy_bytes(int from, int to, const std::string& what) {
  for (bool copied = false;;) {
    const ssize_t n = ::copy_file_range(from, nullptr, to, nullptr, size_t{1} << 30, 0);
    if (n > 0) {
      copied = true;
      continue;
    }
    if (n == 0 && copied) return {};
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == ENOSPC || errno == EIO || errno == EDQUOT)) {
      return system_error("cannot copy " + what);
    }
    break;  // not for these two files (or an empty one): by hand, from where both offsets are
  }
  std::string buffer(size_t{1} << 18, '\0');
  for (;;) {
    const ssize_t n = ::read(from, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot read " + what);
    if (n == 0) return {};
    TRY(write_all(to, buffer.data(), static_cast<size_t>(n), what));
  }
}

std::string random_name() {
  unsigned char bytes[8] = {};
  size_t have = 0;
  while (have < sizeof bytes) {
    const ssize_t n = ::getrandom(bytes + have, sizeof bytes - have, 0);
    if (n > 0) have += static_cast<size_t>(n);
  }
  std::string name;
  for (const unsigned char b : bytes) name += fmt::format("{:02x}", b);
  return name;
}

Result<std::string> make_scratch_folder(const std::string& parent) {
  std::error_code code;
  std::filesystem::create_directories(parent, code);
  const std::string path = parent + "/" + random_name();
  if (::mkdir(path.c_str(), 0700) != 0) return system_error("cannot make the folder " + path);
  return path;
}

}  // namespace slipway::adapter
