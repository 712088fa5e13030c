// One action on a running container, done once: what a probe does again and again, and a hook at
// the beginning or the end of its container.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapter/pod/event_loop.h"
#include "adapter/pod/spawn.h"
#include "core/pod/plan.h"

namespace slipway::adapter {

struct ActionPlace {
  Spawn command;         // of kExec: what to spawn, but for its program
  std::string pid_file;  // the command writes the process here that does the work, if another does
  std::string address;   // the pod's, for HTTP and TCP without a host of their own
};

class ActionRun {
 public:
  // Why it failed; empty: it did not. Called once, from the loop, and may destroy the ActionRun.
  using Done = std::function<void(const std::string& failure)>;
  enum class Status { kHeeded, kIgnored };  // whether an HTTP answer from 400 on is a failure

  // It fails when it takes longer than `timeout`; zero: it may take as long as it likes.
  // A `place` that could not be made is a failure like others.
  ActionRun(EventLoop& loop, const pod::Action& action, Result<ActionPlace> place, Duration timeout,
            Status status, Done done);
  // Ends what still runs; `done` is not called.
  ~ActionRun();

 private:
  struct Connection;  // shared with the thread that makes it
  void run_command(ActionPlace place);
  void connect(const pod::Action& action, std::string host, Duration timeout, Status status);
  void fail(const Error& why);
  void conclude(const std::string& failure);
  void end();
  void kill_command();

  EventLoop& loop_;
  Done done_;
  EventLoop::Timer timer_{};
  pid_t pid_ = 0;
  std::string pid_file_;
  std::shared_ptr<Connection> connection_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace slipway::adapter
