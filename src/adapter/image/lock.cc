#include "adapter/image/lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <chrono>
#include <thread>

namespace slipway::adapter {
namespace {

// flock knows no timeout; who waits here waits for a transfer of seconds.
constexpr auto kPollInterval = std::chrono::milliseconds(20);

}  // namespace

Result<Fd> lock_file(const std::string& path, LockMode mode, Duration timeout) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) return system_error("cannot open the lock file " + path);
  const int operation = (mode == LockMode::kShared ? LOCK_SH : LOCK_EX) | LOCK_NB;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::nanoseconds(timeout.ns);
  for (;;) {
    if (::flock(fd.get(), operation) == 0) return fd;
    if (errno != EWOULDBLOCK && errno != EINTR) return system_error("cannot lock " + path);
    if (std::chrono::steady_clock::now() >= deadline) {
      return Error{ErrorCode::kTimeout, fmt::format("another process holds {} for longer than {} s",
                                                    path, timeout.to_seconds())};
    }
    std::this_thread::sleep_for(kPollInterval);
  }
}

}  // namespace slipway::adapter
