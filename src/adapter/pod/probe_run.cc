#include "adapter/pod/probe_run.h"

#include <algorithm>

namespace slipway::adapter {

ProbeRun::ProbeRun(EventLoop& loop, ContainerRun& container, const pod::Probe& probe)
    : loop_(loop), container_(container), probe_(probe) {
  const Duration delay = Duration::seconds(probe.initial_delay_s);
  began_at_ = monotonic_now() + delay;
  timer_ = loop_.after(delay, [this] { attempt(); });
}

ProbeRun::~ProbeRun() { loop_.cancel(timer_); }

void ProbeRun::attempt() {
  if (!container_.running()) return;
  attempt_ = std::make_unique<ActionRun>(loop_, probe_.action, container_.place_of(probe_.action),
                                         Duration::seconds(std::max(probe_.timeout_s, 1)),
                                         ActionRun::Status::kHeeded,
                                         [this](const std::string& failure) { conclude(failure); });
}

// Until it passes for the first time it is tried more often than its period says, so that a pod is
// ready when its program is; only one failure in a period counts.
void ProbeRun::conclude(const std::string& failure) {
  constexpr Duration kEager = Duration::milliseconds(200), kEagerFor = Duration::seconds(10);
  const Duration now = monotonic_now(), period = Duration::seconds(std::max(probe_.period_s, 1));
  if (failure.empty()) {
    failures_ = 0;
    if (++passes_ >= std::max(probe_.success_threshold, 1)) state_ = State::kPassing;
  } else {
    passes_ = 0;
    last_failure_ = failure;
    if (now - counted_at_ >= period) {
      counted_at_ = now;
      if (++failures_ >= std::max(probe_.failure_threshold, 1)) state_ = State::kFailing;
    }
  }
  const bool eager = state_ != State::kPassing && now - began_at_ < kEagerFor;
  timer_ = loop_.after(eager ? kEager : period, [this] { attempt(); });
}

}  // namespace slipway::adapter
