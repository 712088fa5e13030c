// One probe of one running container, repeated as its period says.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapter/pod/action_run.h"
#include "adapter/pod/container_run.h"
#include "adapter/pod/event_loop.h"

namespace slipway::adapter {

class ProbeRun {
 public:
  enum class State { kUnknown, kPassing, kFailing };  // past its thresholds

  // The container must outlive the probe.
  ProbeRun(EventLoop& loop, ContainerRun& container, const pod::Probe& probe);
  ~ProbeRun();

  State state() const { return state_; }
  const std::string& last_failure() const { return last_failure_; }

 private:
  void attempt();
  void conclude(const std::string& failure);

  EventLoop& loop_;
  ContainerRun& container_;
  const pod::Probe& probe_;
  State state_ = State::kUnknown;
  int passes_ = 0, failures_ = 0;
  Duration began_at_, counted_at_;
  std::string last_failure_;
  EventLoop::Timer timer_{};
  std::unique_ptr<ActionRun> attempt_;
};

}  // namespace slipway::adapter
