// A pod that is one plain process in a working directory of its own, run by the nursery itself.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapter/pod/event_loop.h"
#include "adapter/pod/output_capture.h"
#include "adapter/pod/pod_paths.h"
#include "adapter/pod/runtime_options.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::adapter {

// One main container of the host runtime and nothing around it: no image, volume, artifact, probe,
// hook.
bool is_plain_process(const pod::PodPlan& plan);

// The environment of a host process: what a login has (PATH, HOME, LANG, ...), then the plan's.
std::vector<std::string> host_environment(const pod::PodPlan& plan,
                                          const pod::Container& container);

// Command and arguments, with the script's file as the last word of the command.
std::vector<std::string> command_words(const pod::Container& container, const std::string& script);

class HostProcess {
 public:
  using Report = std::function<void(const pod::PodReport&)>;  // the last call is the final report

  HostProcess(EventLoop& loop, const PodPaths& paths, const RuntimeOptions& options,
              pod::PodPlan plan, Report report);
  ~HostProcess();

  // The working directory exists. Reports, also when it can not be started.
  void start();
  void stop();
  void kill_now();

 private:
  Result<pid_t> spawn_process();
  void on_end(int status);
  void signal_all(int signal);
  void fail(pod::PodReport::Phase phase, const std::string& message);

  EventLoop& loop_;
  PodPaths paths_;
  Duration quiet_start_;
  pod::PodPlan plan_;
  Report report_;
  OutputCapture output_;
  pid_t pid_ = 0;
  Time started_at_;
  bool deadline_passed_ = false;
  EventLoop::Timer running_timer_{}, kill_timer_{}, deadline_timer_{};
};

}  // namespace slipway::adapter
