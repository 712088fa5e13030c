// When the bytes of a container's log came, beside it in <container>.log.times: pairs of an offset
// into the log and the nanoseconds since 1970 at which the byte there came, 16 bytes each, both
// numbers with their low byte first. What follows a byte came with it until the next pair.
//
// A pair is written ahead of its bytes: a reader of the log finds the times of all that it read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapter/archive/fd.h"
#include "port/log_store.h"

namespace slipway::adapter {

class LogTimes {
 public:
  explicit LogTimes(std::string path) : path_(std::move(path)) {}

  // The byte at `offset` comes now. True to kLogTimePrecision: what comes sooner after another has
  // that one's time. What the disk refuses is tried again with the next byte.
  void note(uint64_t offset, Time now);
  // Bytes from `from` up to `to` are not kept: those after them move to `moved_to`.
  void cut(uint64_t from, uint64_t to, uint64_t moved_to);

 private:
  bool open();

  std::string path_;
  Fd file_;
  size_t count_ = 0;  // of pairs in the file
  Time last_;
};

// Those of the bytes from `from` on that come before `to`; the first may be of a byte before
// `from`. Empty: the log has no times (or nothing there).
Result<std::vector<port::LogTime>> read_log_times(const std::string& path, uint64_t from,
                                                  uint64_t to);

}  // namespace slipway::adapter
