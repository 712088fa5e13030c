// One container of a pod, from start to end, as its supervisor sees it. Two kinds: in an OCI
// runtime (oci_container.h) and as a plain process (plain_container.h).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapter/archive/fd.h"
#include "adapter/pod/action_run.h"
#include "adapter/pod/event_loop.h"
#include "adapter/pod/marker_wait.h"
#include "adapter/pod/output_capture.h"
#include "adapter/pod/restart_backoff.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::adapter {

// What is left to a container that is told to end late.
inline constexpr Duration kLeastGrace = Duration::seconds(2);

class ContainerRun {
 public:
  struct Output {
    std::string log_path;
    size_t log_limit_bytes = 0;
    bool keep_result = false;
    int argo_part = -1;   // its folder of ArgoFolder, which outlives it; -1: there is none
    bool copies = false;  // stdout and combined go there too
  };
  // `address`: the pod's.
  ContainerRun(EventLoop& loop, const pod::Container& plan, std::string address, Output output);
  virtual ~ContainerRun();

  const pod::Container& plan() const { return plan_; }
  pod::ContainerStatus& status() { return status_; }
  bool started() const { return status_.state != pod::ContainerStatus::State::kWaiting; }
  bool running() const { return status_.state == pod::ContainerStatus::State::kRunning; }
  bool launched() const { return launched_; }  // its process exists, or has
  bool stopping() const { return stopping_; }
  bool paused() const { return pause_ != nullptr; }  // until somebody makes its marker
  bool up() const { return running() && pid_ != 0 && !starting_ && !held_; }  // postStart is over
  int tries() const { return tries_; }  // how often its process was started
  // Also one that is started again.
  bool has_ended() const { return ended() || failed_try_ || tries_ > 1; }
  bool ended() const { return status_.state == pod::ContainerStatus::State::kTerminated; }
  std::string take_result() { return output_.take_result(); }
  std::string log_trouble() const { return output_.trouble(); }

  // root() and owner() after it; prepare() does it where nobody did.
  virtual Status open_root() = 0;
  // Everything that must exist before start(): files can be placed below root() after it.
  virtual Status prepare() = 0;
  // The folder that is "/" to the container; -1 for plain processes.
  virtual int root() const { return -1; }
  // The same as a path that this process can open.
  virtual std::string root_path() const { return "/"; }
  // Who it runs as, for the ownership of its input files.
  virtual std::pair<uint32_t, uint32_t> owner() const { return {0, 0}; }
  // `path` of the container's world, for reading outputs of plain processes.
  virtual std::string resolve(const std::string& path) const { return path; }
  Result<ActionPlace> place_of(const pod::Action& action) const;

  // Ends as status(): a command that can not be started ends with code 64 (spec rule 30), any other
  // failure to start with 128 and reason StartError. When its postStart hook fails, it is ended
  // with the `grace`.
  void start(Duration grace);
  // The preStop hook, the stop signal when it is over, SIGKILL when `grace` is; as the kubelet, at
  // least two seconds are left to the signal. Ending already: nothing.
  void terminate(Duration grace);
  // The same, but one that restarts does so.
  void end_try(Duration grace);
  // From now on it is not started again; where it waits for that, it has ended.
  void let_end();
  void kill_now();
  // Waiting, and never to be started.
  void skip(int exit_code, const std::string& message);
  // Frees the container's file system; after its outputs were read.
  virtual void release() {}

 protected:
  // Calls became() or failed(). Again for another try, in the same file system.
  virtual Status launch(const OutputCapture::Ends& ends) = 0;
  virtual void signal_process(int signal) = 0;
  virtual bool out_of_memory() { return false; }
  virtual void clean_up() {}  // after the end, before the status is known
  virtual std::string image_signal() const { return ""; }
  // How to run a command inside.
  virtual Result<ActionPlace> exec_place(const std::vector<std::string>& command) const = 0;

  void became(pid_t pid);
  void failed(int exit_code, const std::string& reason, const std::string& message);
  // Its terminal's other side, for a process that has one instead of pipes.
  void attach(Fd terminal) { output_.attach(std::move(terminal)); }

  EventLoop& loop_;
  pid_t pid_ = 0;

 private:
  void try_launch();
  bool tries_again(int wait_status) const;
  void try_later(int wait_status);
  Status open_copies();
  void pause(const char* marker, std::function<void()> go_on);
  void note_end();
  void begin_post_start();
  void leave_pause();
  void begin_stop(Duration grace);
  void send_stop_signal(Duration grace);
  void run_kill_command(int signal, Duration grace);
  void signal_and_wait(int signal, Duration grace);
  void on_end(int wait_status);
  struct End {
    int wait_status = 0;
    bool no_memory = false;
  };
  void conclude(End end);
  bool default_action(int signal) const;

  const pod::Container& plan_;
  std::string address_;
  Duration grace_;  // as start() was told
  pod::ContainerStatus status_;
  OutputCapture output_;
  bool launched_ = false, starting_ = false, stopping_ = false;
  int tries_ = 0;
  bool restarts_;  // until let_end()
  RestartBackoff backoff_;
  Duration launched_at_;  // the last time
  std::unique_ptr<ActionRun> hook_;
  std::optional<int> failed_try_;  // its wait status, in the pause before the next one
  int argo_part_;
  bool copies_;
  std::unique_ptr<MarkerWait> pause_;
  std::optional<End> held_;  // while it is paused after its end
  EventLoop::Timer kill_timer_{}, retry_timer_{};
  std::optional<Duration> stop_on_start_;
  int emulated_signal_ = 0;
};

}  // namespace slipway::adapter
