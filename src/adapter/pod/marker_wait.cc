#include "adapter/pod/marker_wait.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace slipway::adapter {

MarkerWait::MarkerWait(EventLoop& loop, int folder, Fd changes, std::string name,
                       std::function<void()> found)
    : loop_(loop),
      folder_(folder),
      changes_(std::move(changes)),
      name_(std::move(name)),
      found_(std::move(found)) {
  loop_.watch(changes_.get(), EPOLLIN, [this](uint32_t) {
    std::array<char, 4096> events;
    while (::read(changes_.get(), events.data(), events.size()) > 0) {
    }
    look();
  });
  first_look_ = loop_.after(Duration{}, [this] { look(); });
}

MarkerWait::~MarkerWait() {
  loop_.cancel(first_look_);
  loop_.unwatch(changes_.get());
}

Result<std::unique_ptr<MarkerWait>> MarkerWait::begin(EventLoop& loop, int folder, std::string name,
                                                      std::function<void()> found) {
  Fd changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  const std::string path = fmt::format("/proc/self/fd/{}", folder);
  if (!changes || ::inotify_add_watch(changes.get(), path.c_str(), IN_CREATE | IN_MOVED_TO) < 0) {
    return system_error(fmt::format("cannot wait for the marker {}", name));
  }
  return std::make_unique<MarkerWait>(loop, folder, std::move(changes), std::move(name),
                                      std::move(found));
}

void MarkerWait::look() {
  struct stat info {};
  if (!found_ || ::fstatat(folder_, name_.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return;
  const auto found = std::exchange(found_, {});
  found();
}

}  // namespace slipway::adapter
