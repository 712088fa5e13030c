// One probe of one running container, repeated as its period says.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapter/pod/container_run.h"
#include "adapter/pod/event_loop.h"

namespace slipway::adapter {

class ProbeRun {
 public:
  enum class State { kUnknown, kPassing, kFailing };  // past its thresholds

  // `address`: the pod's, for HTTP and TCP probes without a host of their own. The container must
  // outlive the probe.
  ProbeRun(EventLoop& loop, ContainerRun& container, const pod::Probe& probe, std::string address);
  ~ProbeRun();

  State state() const { return state_; }
  const std::string& last_failure() const { return last_failure_; }

 private:
  struct Attempt;  // shared with the thread that makes it
  void attempt();
  void attempt_command();
  void attempt_connection();
  void conclude(bool passed, const std::string& why);

  EventLoop& loop_;
  ContainerRun& container_;
  const pod::Probe& probe_;
  std::string address_;
  State state_ = State::kUnknown;
  int passes_ = 0, failures_ = 0;
  Duration began_at_, counted_at_;
  std::string last_failure_;
  EventLoop::Timer timer_{}, timeout_{};
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::shared_ptr<Attempt> current_;
};

}  // namespace slipway::adapter
