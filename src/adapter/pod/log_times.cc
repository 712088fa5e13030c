#include "adapter/pod/log_times.h"

#include <endian.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace slipway::adapter {
namespace {

constexpr size_t kPair = 16;

using Pair = std::array<char, kPair>;

Pair pack(port::LogTime time) {
  const uint64_t numbers[] = {htole64(time.offset), htole64(static_cast<uint64_t>(time.time.ns))};
  Pair bytes;
  std::memcpy(bytes.data(), numbers, kPair);
  return bytes;
}

port::LogTime unpack(const char* bytes) {
  uint64_t numbers[2];
  std::memcpy(numbers, bytes, kPair);
  return {le64toh(numbers[0]), Time{static_cast<int64_t>(le64toh(numbers[1]))}};
}

// The pairs of an open file, by number.
class Pairs {
 public:
  explicit Pairs(int file) : file_(file) {}

  Result<size_t> count() const {
    struct stat info {};
    if (::fstat(file_, &info) != 0) return system_error("cannot read the times of a log");
    return static_cast<size_t>(info.st_size) / kPair;
  }

  Result<std::vector<port::LogTime>> read(size_t from, size_t to) const {
    std::string bytes((to - from) * kPair, '\0');
    const ssize_t got =
        ::pread(file_, bytes.data(), bytes.size(), static_cast<off_t>(from * kPair));
    if (got < 0) return system_error("cannot read the times of a log");
    std::vector<port::LogTime> times;
    times.reserve(to - from);
    for (size_t at = 0; at + kPair <= static_cast<size_t>(got); at += kPair) {
      times.push_back(unpack(bytes.data() + at));
    }
    return times;
  }

  // The number of the first pair whose offset is `offset` or more.
  Result<size_t> lower_bound(uint64_t offset) const {
    size_t low = 0;
    TRY_ASSIGN(size_t high, count());
    while (low < high) {
      const size_t middle = low + (high - low) / 2;
      TRY_ASSIGN(const auto one, read(middle, middle + 1));
      if (one.empty() || one[0].offset >= offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

 private:
  int file_;
};

}  // namespace

bool LogTimes::open() {
  if (!file_) file_ = Fd(::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  return static_cast<bool>(file_);
}

void LogTimes::note(uint64_t offset, Time now) {
  const bool soon = now >= last_ && now - last_ < port::kLogTimePrecision;
  if ((count_ > 0 && soon) || !open()) return;
  const Pair pair = pack({offset, now});
  const auto at = static_cast<off_t>(count_ * kPair);
  if (::pwrite(file_.get(), pair.data(), kPair, at) != static_cast<ssize_t>(kPair)) return;
  ++count_;
  last_ = now;
}

void LogTimes::cut(uint64_t from, uint64_t to, uint64_t moved_to) {
  if (!file_) return;
  const Pairs pairs(file_.get());
  const auto first = pairs.lower_bound(from);
  if (!first.ok()) return;
  const auto after = pairs.read(*first, count_);
  // What cannot be moved goes: no time is better than a wrong one.
  count_ = *first;
  if (::ftruncate(file_.get(), static_cast<off_t>(count_ * kPair)) != 0 || !after.ok()) return;
  std::string moved;
  for (size_t i = 0; i < after->size(); ++i) {
    const bool gone = i + 1 < after->size() && (*after)[i + 1].offset <= to;
    if (gone) continue;
    const uint64_t offset = std::max((*after)[i].offset, to) - to + moved_to;
    const Pair pair = pack({offset, (*after)[i].time});
    moved.append(pair.data(), kPair);
  }
  const auto at = static_cast<off_t>(count_ * kPair);
  const ssize_t written = ::pwrite(file_.get(), moved.data(), moved.size(), at);
  if (written > 0) count_ += static_cast<size_t>(written) / kPair;
}

Result<std::vector<port::LogTime>> read_log_times(const std::string& path, uint64_t from,
                                                  uint64_t to) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::vector<port::LogTime>();
  if (!file) return system_error("cannot read " + path);
  const Pairs pairs(file.get());
  TRY_ASSIGN(size_t first, pairs.lower_bound(from + 1));
  TRY_ASSIGN(const size_t last, pairs.lower_bound(to));
  if (first > 0) --first;
  return pairs.read(first, std::max(first, last));
}

}  // namespace slipway::adapter
