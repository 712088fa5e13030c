// A container's log on disk, with a bound: the head and the tail are kept and one line between them
// says how much was dropped.
//
// Followers read the file by offset while it grows. Past half of the bound the rest goes around a
// ring in a second file, which joins the first at the end. A log that is complete has lost its
// owner's write permission: that is how a reader knows that nothing follows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapter/archive/fd.h"
#include "adapter/pod/log_times.h"
#include "core/pod/outcome.h"

namespace slipway::adapter {

class LogWriter {
 public:
  LogWriter(std::string path, size_t limit_bytes);

  // The file is made at the first write, or here.
  Status open();
  // Bytes that came at `now`. Never fails the container: what the disk refuses counts as dropped.
  void write(std::string_view bytes, Time now);
  void finish();

  uint64_t dropped_bytes() const;
  // For people: what the disk refused; empty when it took everything.
  std::string trouble() const;

 private:
  void write_ring(std::string_view bytes);
  void append(std::string_view bytes);
  void join_ring();

  std::string path_;
  LogTimes times_;
  size_t half_;  // bytes of the head, and of the ring
  Fd file_;
  Fd ring_;
  uint64_t head_bytes_ = 0;
  uint64_t ring_bytes_ = 0;  // ever written to the ring
  uint64_t refused_bytes_ = 0;
  bool refused_ = false;
};

// Marks the logs of a pod whose writer is gone.
void mark_logs_complete(const std::string& folder);

// The last `limit` bytes of a stream.
class Tail {
 public:
  explicit Tail(size_t limit) : limit_(limit) {}
  void append(std::string_view bytes);
  std::string take();

 private:
  size_t limit_;
  std::string bytes_;
};

using pod::result_of;

}  // namespace slipway::adapter
