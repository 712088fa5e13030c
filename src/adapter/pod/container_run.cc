#include "adapter/pod/container_run.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include "adapter/pod/outcome.h"
#include "adapter/pod/signal_name.h"

namespace slipway::adapter {

constexpr Duration kLeastGrace = Duration::seconds(2);

ContainerRun::ContainerRun(EventLoop& loop, const pod::Container& plan, std::string address,
                           Output output)
    : loop_(loop),
      plan_(plan),
      address_(std::move(address)),
      status_{.name = plan.name},
      output_(loop, std::move(output.log_path), output.log_limit_bytes, output.keep_result) {}

ContainerRun::~ContainerRun() {
  loop_.cancel(kill_timer_);
  loop_.cancel(retry_timer_);
}

Result<ActionPlace> ContainerRun::place_of(const pod::Action& action) const {
  if (action.type == pod::Action::Type::kExec) return exec_place(action.command);
  return ActionPlace{.address = address_};
}

void ContainerRun::start(Duration grace) {
  grace_ = grace;
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
  if (stop_on_start_) return begin_stop(*stop_on_start_);
  if (plan_.post_start && tries_ == 1) begin_post_start();
}

void ContainerRun::begin_post_start() {
  starting_ = true;
  hook_ =
      std::make_unique<ActionRun>(loop_, *plan_.post_start, place_of(*plan_.post_start), Duration{},
                                  ActionRun::Status::kIgnored, [this](const std::string& failure) {
                                    if (!failure.empty()) {
                                      status_.message = "postStart hook failed: " + failure;
                                      return terminate(grace_);
                                    }
                                    starting_ = false;
                                  });
}

void ContainerRun::failed(int exit_code, const std::string& reason, const std::string& message) {
  clean_up();
  output_.finish();
  status_.state = pod::ContainerStatus::State::kTerminated;
  status_.exit_code = exit_code;
  status_.reason = reason;
  status_.message = message;
  status_.finished_at = wall_now();
  note_end();
}

void ContainerRun::skip(int exit_code, const std::string& message) {
  status_.state = pod::ContainerStatus::State::kTerminated;
  status_.exit_code = exit_code;
  status_.reason = "Error";
  status_.message = message;
  status_.started_at = status_.finished_at = wall_now();
  note_end();
}

void ContainerRun::on_end(int wait_status) {
  loop_.cancel(kill_timer_);
  hook_.reset();
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
  note_end();
}

// The first process of a pid name space does not die of signals it has no handler for, while the
// same program under Argo's emissary does. So where the default action is due, it is done.
bool ContainerRun::default_action(int signal) const {
  if (!ends_by_default(signal)) return false;
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
  if (!running() || stopping_) return;
  stopping_ = true;
  if (failed_try_) {
    loop_.cancel(retry_timer_);
    return conclude(*failed_try_, false);
  }
  if (pid_ == 0) {
    stop_on_start_ = grace;
    return;
  }
  begin_stop(grace);
}

void ContainerRun::begin_stop(Duration grace) {
  hook_.reset();
  if (!plan_.pre_stop || grace <= Duration{}) return send_stop_signal(grace);
  const Duration end = monotonic_now() + grace;
  hook_ = std::make_unique<ActionRun>(
      loop_, *plan_.pre_stop, place_of(*plan_.pre_stop), grace, ActionRun::Status::kIgnored,
      [this, end](const std::string& failure) {
        if (!failure.empty() && status_.message.empty()) {
          status_.message = "preStop hook failed: " + failure;
        }
        send_stop_signal(std::max(end - monotonic_now(), kLeastGrace));
      });
}

void ContainerRun::send_stop_signal(Duration grace) {
  const int signal = parse_signal(plan_.stop_signal.empty() ? image_signal() : plan_.stop_signal);
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
