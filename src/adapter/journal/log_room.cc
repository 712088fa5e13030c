#include "adapter/journal/log_room.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace slipway::adapter {
namespace {

constexpr int64_t kStep = 1 << 20;
constexpr int64_t kLow = 128 << 10;  // less than this is too little

}  // namespace

void LogRoom::make(int64_t used) {
  if (used + kLow <= size_) return;
  if (!file_) file_ = Fd(::open(path_.c_str(), O_WRONLY | O_CLOEXEC));
  struct stat info {};
  if (!file_ || ::fstat(file_.get(), &info) != 0) return;
  size_ = info.st_size;
  if (used + kLow <= size_) return;
  static constexpr std::array<char, 64 << 10> kZeros{};
  int64_t end = size_;
  while (end < size_ + kStep) {
    const ssize_t written = ::pwrite(file_.get(), kZeros.data(), kZeros.size(), end);
    if (written <= 0) {
      (void)!::ftruncate(file_.get(), size_);
      return;
    }
    end += written;
  }
  size_ = end;
}

}  // namespace slipway::adapter
