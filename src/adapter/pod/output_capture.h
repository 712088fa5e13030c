// stdout and stderr of one process: into its log as they come, and the end of stdout for
// `outputs.result`.
#pragma once

#include <string>

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

  struct Ends {
    Fd in;        // with `stdin`: stays open and empty, as for a pod that nobody attached to
    Fd out, err;  // the process's ends: give them to spawn(), then close them
  };
  Result<Ends> open(bool stdin);
  // Instead of the pipes: the master side of the process's terminal, as stdout.
  void attach(Fd terminal);
  LogWriter& log() { return log_; }

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
  enum class Pumped { kMore, kDry, kEnd };
  Pumped pump(Fd& pipe, bool is_stdout);

  EventLoop& loop_;
  LogWriter log_;
  Tail tail_;
  bool keep_result_;
  Fd in_, out_, err_;
};

}  // namespace slipway::adapter
