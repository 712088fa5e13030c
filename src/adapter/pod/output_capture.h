// stdout and stderr of one process: into its log as they come, into copies that its pod may read,
// and the end of stdout for `outputs.result`.
#pragma once

#include <string>
#include <string_view>

#include "adapter/archive/fd.h"
#include "adapter/pod/event_loop.h"
#include "adapter/pod/log_writer.h"

namespace slipway::adapter {

class OutputCapture {
 public:
  OutputCapture(EventLoop& loop, std::string log_path, size_t log_limit_bytes, bool keep_result);
  ~OutputCapture();
  OutputCapture(const OutputCapture&) = delete;
  OutputCapture& operator=(const OutputCapture&) = delete;

  // Files for stdout, and for both, from now on.
  void copy_to(Fd stdout_only, Fd combined);

  struct Ends {
    Fd in;        // with `stdin`: stays open and empty, as for a pod that nobody attached to
    Fd out, err;  // the process's ends: give them to spawn(), then close them
  };
  Result<Ends> open(bool stdin);
  // Instead of the pipes: the master side of the process's terminal, as stdout.
  void attach(Fd terminal);
  LogWriter& log() { return log_; }
  // For people: what the disk refused of the log or the copies; empty when it took everything.
  std::string trouble() const;

  // After the process's end: what is still in the pipes, then no more (a grandchild that holds them
  // open writes into nothing).
  void finish();
  // The same, but another process follows: its stdout is the result, the log goes on.
  void next_try();
  std::string take_result();

 private:
  Result<Fd> open_pipe(Fd& ours, bool is_stdout);
  void watch(Fd& ours, bool is_stdout);
  void drain();
  void copy(std::string_view bytes, bool is_stdout);
  enum class Pumped { kMore, kDry, kEnd };
  Pumped pump(Fd& pipe, bool is_stdout);

  EventLoop& loop_;
  LogWriter log_;
  Tail tail_;
  bool keep_result_;
  Fd in_, out_, err_;
  Fd stdout_copy_, combined_copy_;
  std::string copy_trouble_;
};

}  // namespace slipway::adapter
