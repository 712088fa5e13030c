#include "adapter/pod/container_run.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include "adapter/pod/outcome.h"

namespace slipway::adapter {

ContainerRun::ContainerRun(EventLoop& loop, const pod::Container& plan, std::string log_path,
                           size_t log_limit_bytes, bool keep_result)
    : loop_(loop),
      plan_(plan),
      status_{.name = plan.name},
      output_(loop, std::move(log_path), log_limit_bytes, keep_result) {}

ContainerRun::~ContainerRun() {
  loop_.cancel(kill_timer_);
  loop_.cancel(retry_timer_);
}

int ContainerRun::stop_signal() const { return SIGTERM; }

void ContainerRun::start() {
  status_.started_at = wall_now();
  status_.state = pod::ContainerStatus::State::kRunning;
  try_launch();
}

void ContainerRun::try_launch() {
  ++tries_;
  failed_try_.reset();
  Status status = output_.log().open();
  Result<OutputCapture::Ends> ends = output_.open(plan_.stdin);
  if (status.ok() && !ends.ok()) status = ends.error();
  if (status.ok()) status = launch(*ends);
  if (!status.ok()) {
    const bool no_command = status.error().code == ErrorCode::kNotFound;
    failed(no_command ? 64 : 128, no_command ? "Error" : "StartError", status.error().text());
  }
}

void ContainerRun::became(pid_t pid) {
  pid_ = pid;
  if (!launched_) status_.started_at = wall_now();
  launched_ = true;
  loop_.on_child(pid, [this](int wait_status) { on_end(wait_status); });
  if (stop_on_start_) terminate(*stop_on_start_);
}

void ContainerRun::failed(int exit_code, const std::string& reason, const std::string& message) {
  clean_up();
  output_.finish();
  status_.state = pod::ContainerStatus::State::kTerminated;
  status_.exit_code = exit_code;
  status_.reason = reason;
  status_.message = message;
  status_.finished_at = wall_now();
}

void ContainerRun::skip(int exit_code, const std::string& message) {
  status_.state = pod::ContainerStatus::State::kTerminated;
  status_.exit_code = exit_code;
  status_.reason = "Error";
  status_.message = message;
  status_.started_at = status_.finished_at = wall_now();
}

void ContainerRun::on_end(int wait_status) {
  loop_.cancel(kill_timer_);
  const bool no_memory = WIFSIGNALED(wait_status) && out_of_memory();
  const bool ours = WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL;
  if (ours && emulated_signal_ != 0 && !no_memory) wait_status = emulated_signal_;
  if (wait_status == 0 || stopping_ || tries_ >= plan_.tries) {
    return conclude(wait_status, no_memory);
  }
  clean_up();
  output_.next_try();
  pid_ = 0;
  failed_try_ = wait_status;
  retry_timer_ = loop_.after(plan_.try_pause, [this] { try_launch(); });
}

void ContainerRun::conclude(int wait_status, bool no_memory) {
  clean_up();
  output_.finish();
  end_container(status_, wait_status, no_memory, wall_now());
}

// The first process of a pid name space does not die of signals it has no handler for, while the
// same program under Argo's emissary does. So where the default action is due, it is done.
bool ContainerRun::default_action(int signal) const {
  const auto text = read_small_file(fmt::format("/proc/{}/status", pid_), 1u << 16);
  if (!text.ok()) return false;
  for (const char* field : {"SigIgn:\t", "SigCgt:\t"}) {
    const size_t at = text->find(field);
    if (at == std::string::npos) return false;
    if (std::strtoull(text->c_str() + at + 8, nullptr, 16) >> (signal - 1) & 1) return false;
  }
  return true;
}

void ContainerRun::terminate(Duration grace) {
  if (!running()) return;
  stopping_ = true;
  if (failed_try_) {
    loop_.cancel(retry_timer_);
    return conclude(*failed_try_, false);
  }
  if (pid_ == 0) {
    stop_on_start_ = grace;
    return;
  }
  const int signal = stop_signal();
  if (default_action(signal)) {
    emulated_signal_ = signal;
    return kill_now();
  }
  signal_process(signal);
  loop_.cancel(kill_timer_);
  kill_timer_ = loop_.after(grace, [this] { kill_now(); });
}

void ContainerRun::kill_now() {
  if (!running()) return;
  if (pid_ == 0) {
    stopping_ = true;
    stop_on_start_ = Duration{};
  } else {
    signal_process(SIGKILL);
  }
}

}  // namespace slipway::adapter
