// One container's output on its way to its log file, bounded, and its end kept for outputs.result.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace slipway::adapter {

// The first half of the bound is written as it comes; of what follows only the last half is kept,
// in memory no more than kTailBytes of it, and a line between them says how much was dropped.
class LogWriter {
 public:
  LogWriter(std::string path, uint64_t limit_bytes, bool keep_result);
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // Makes the file. An Error names it; the container may run all the same.
  Status open();
  void write(std::string_view bytes, bool is_stdout);
  // Writes what was held back and marks the log complete (an empty file `<path>.end`).
  void finish();

  // The last 256 KiB of stdout with one trailing newline removed (spec rule 27).
  std::string result() const;
  // The first failure to write, e.g. a full disk; empty when all went well.
  const std::string& problem() const { return problem_; }

 private:
  void put(std::string_view bytes);

  std::string path_;
  uint64_t limit_;
  bool keep_result_;
  int file_ = -1;
  uint64_t written_ = 0;
  uint64_t dropped_ = 0;
  std::string tail_;
  std::string result_;
  std::string problem_;
};

}  // namespace slipway::adapter
