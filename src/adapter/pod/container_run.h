// One container of a pod, from start to end, as its supervisor sees it. Two kinds: in an OCI
// runtime (oci_container.h) and as a plain process (plain_container.h).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapter/archive/fd.h"
#include "adapter/pod/event_loop.h"
#include "adapter/pod/output_capture.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::adapter {

class ContainerRun {
 public:
  ContainerRun(EventLoop& loop, const pod::Container& plan, std::string log_path,
               size_t log_limit_bytes, bool keep_result);
  virtual ~ContainerRun();

  const pod::Container& plan() const { return plan_; }
  pod::ContainerStatus& status() { return status_; }
  bool started() const { return status_.state != pod::ContainerStatus::State::kWaiting; }
  bool running() const { return status_.state == pod::ContainerStatus::State::kRunning; }
  bool launched() const { return launched_; }  // its process exists, or has
  bool ended() const { return status_.state == pod::ContainerStatus::State::kTerminated; }
  std::string take_result() { return output_.take_result(); }
  std::string log_trouble() { return output_.log().trouble(); }

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
  // A command inside, for probes: what to spawn.
  virtual std::vector<std::string> exec_words(const std::vector<std::string>& command) const = 0;

  // Ends as status(): a command that can not be started ends with code 64 (spec rule 30), any other
  // failure to start with 128 and reason StartError.
  void start();
  // The stop signal now, SIGKILL after `grace`.
  void terminate(Duration grace);
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
  virtual int stop_signal() const;

  void became(pid_t pid);
  void failed(int exit_code, const std::string& reason, const std::string& message);
  // Its terminal's other side, for a process that has one instead of pipes.
  void attach(Fd terminal) { output_.attach(std::move(terminal)); }

  EventLoop& loop_;
  pid_t pid_ = 0;

 private:
  void try_launch();
  void on_end(int wait_status);
  void conclude(int wait_status, bool no_memory);
  bool default_action(int signal) const;

  const pod::Container& plan_;
  pod::ContainerStatus status_;
  OutputCapture output_;
  bool launched_ = false, stopping_ = false;
  int tries_ = 0;
  std::optional<int> failed_try_;  // its wait status, in the pause before the next one
  EventLoop::Timer kill_timer_{}, retry_timer_{};
  std::optional<Duration> stop_on_start_;
  int emulated_signal_ = 0;
};

}  // namespace slipway::adapter
