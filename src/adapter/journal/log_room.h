// Keeps the write-ahead log longer than what is written in it.
//
// To force bytes at the end of a file to the disk the file system writes the file's new length and
// blocks too; within the file it writes the bytes alone, which is several times faster (spec
// perf.md, section 2). SQLite takes zeros after its last frame for the end of the log.
#pragma once

#include <cstdint>
#include <string>

#include "adapter/archive/fd.h"

namespace slipway::adapter {

// Belongs to the connection that writes, and to its thread.
class LogRoom {
 public:
  explicit LogRoom(std::string path) : path_(std::move(path)) {}

  // After a commit that left `used` bytes in the log. What the disk refuses is given back: without
  // room commits are slower, and nothing else.
  void make(int64_t used);

 private:
  std::string path_;
  Fd file_;
  int64_t size_ = 0;
};

}  // namespace slipway::adapter
