// The signals that ask a command to end: SIGINT (Ctrl-C), SIGTERM, SIGHUP (the terminal closed).
#pragma once

#include <signal.h>

#include <optional>

#include "adapter/archive/fd.h"

namespace slipway::app {

// Holds them back from the threads that are started while it lives. Made before any thread. A
// signal that is ignored (nohup, a job in the background) stays ignored.
class EndSignals {
 public:
  EndSignals();
  ~EndSignals();
  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

  // The number of the next one; nullopt once cancelled. One thread at a time.
  std::optional<int> wait();
  void cancel();  // from any thread

  // From now on one of them ends the process at once. In the thread that made this.
  void let_go();

 private:
  sigset_t held_;
  adapter::Fd signals_, cancelled_;
};

}  // namespace slipway::app
