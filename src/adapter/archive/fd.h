// A file descriptor that closes itself, and the operating system's refusals as Errors.
#pragma once

#include <cerrno>
#include <string>
#include <utility>

#include "base/result.h"

namespace slipway::adapter {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }  // to an owner that closes it
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// "<what>: <the system's words>"; kNotFound for ENOENT, kIo otherwise. A full disk is named as
// such.
Error system_error(const std::string& what, int number = errno);

// All bytes, however many write calls it takes.
Status write_all(int fd, const void* data, size_t size, const std::string& what);

// The whole of a small file; kLimit when it is larger than `max_bytes`.
Result<std::string> read_all(int fd, size_t max_bytes, const std::string& what);
Result<std::string> read_small_file(const std::string& path, size_t max_bytes);

// `path` has `content` or what it had before, also after a crash (temporary file beside it, fsync,
// rename).
Status write_file_atomically(const std::string& path, const std::string& content, unsigned mode);

// From the current offset of `from` to its end; shares blocks where the file system can.
Status copy_bytes(int from, int to, const std::string& what);

// Hex digits from the kernel's random source, for names of temporary files.
std::string random_name();

// A new, empty folder of mode 0700 inside `parent` (which is made when absent).
Result<std::string> make_scratch_folder(const std::string& parent);

}  // namespace slipway::adapter
