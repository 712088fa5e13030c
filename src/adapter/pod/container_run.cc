#include "adapter/pod/container_run.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include "adapter/pod/argo_folder.h"
#include "adapter/pod/outcome.h"
#include "adapter/pod/signal_name.h"

namespace slipway::adapter {

ContainerRun::ContainerRun(EventLoop& loop, const pod::Container& plan, std::string address,
                           Output output)
    : loop_(loop),
      plan_(plan),
      address_(std::move(address)),
      status_{.name = plan.name},
      output_(loop, std::move(output.log_path), output.log_limit_bytes, output.keep_result),
      restarts_(plan.restarts),
      argo_part_(output.argo_part),
      copies_(output.copies) {}

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
  if (pauses(plan_, "ARGO_DEBUG_PAUSE_BEFORE")) return pause("before", [this] { try_launch(); });
  try_launch();
}

// As Argo's emissary does (docs/debug-pause.md): until somebody makes ctr/NAME/before or after.
void ContainerRun::pause(const char* marker, std::function<void()> go_on) {
  auto wait =
      MarkerWait::begin(loop_, argo_part_, marker, [this, go_on = std::move(go_on)]() mutable {
        const auto next = std::move(go_on);  // it goes with the wait
        pause_.reset();
        next();
      });
  if (wait.ok()) {
    pause_ = std::move(*wait);
  } else if (held_) {
    status_.message = wait.error().text();
    conclude(*std::exchange(held_, std::nullopt));
  } else {
    failed(128, "StartError", wait.error().text());
  }
}

Status ContainerRun::open_copies() {
  if (!copies_ || tries_ > 1) return {};
  TRY_ASSIGN(Fd stdout_only, open_copy(argo_part_, "stdout"));
  TRY_ASSIGN(Fd combined, open_copy(argo_part_, "combined"));
  output_.copy_to(std::move(stdout_only), std::move(combined));
  return {};
}

void ContainerRun::note_end() {
  if (argo_part_ >= 0) note_exit_code(argo_part_, status_.exit_code);
}

void ContainerRun::try_launch() {
  ++tries_;
  failed_try_.reset();
  stopping_ = starting_ = false;
  emulated_signal_ = 0;
  Status status = output_.log().open();
  if (status.ok()) status = open_copies();
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
  launched_at_ = monotonic_now();
  loop_.on_child(pid, [this](int wait_status) { on_end(wait_status); });
  if (stop_on_start_) return begin_stop(*stop_on_start_);
  if (plan_.post_start && (tries_ == 1 || plan_.restarts)) begin_post_start();
}

void ContainerRun::begin_post_start() {
  starting_ = true;
  hook_ =
      std::make_unique<ActionRun>(loop_, *plan_.post_start, place_of(*plan_.post_start), Duration{},
                                  ActionRun::Status::kIgnored, [this](const std::string& failure) {
                                    if (!failure.empty()) {
                                      status_.message = "postStart hook failed: " + failure;
                                      return end_try(grace_);
                                    }
                                    starting_ = false;
                                  });
}

void ContainerRun::failed(int exit_code, const std::string& reason, const std::string& message) {
  // What ran once may run again; what never did is not mended by waiting.
  if (launched_ && restarts_) {
    status_.message = message;
    return try_later(exit_code << 8);
  }
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
  if (tries_again(wait_status)) return try_later(wait_status);
  if (stopping_ || !pauses(plan_, "ARGO_DEBUG_PAUSE_AFTER")) {
    return conclude({wait_status, no_memory});
  }
  held_ = {wait_status, no_memory};
  pause("after", [this] { conclude(*std::exchange(held_, std::nullopt)); });
}

bool ContainerRun::tries_again(int wait_status) const {
  return restarts_ || (wait_status != 0 && !stopping_ && tries_ < plan_.tries);
}

void ContainerRun::try_later(int wait_status) {
  clean_up();
  output_.next_try();
  pid_ = 0;
  failed_try_ = wait_status;
  const Duration wait = restarts_ ? backoff_.next(monotonic_now() - launched_at_) : plan_.try_pause;
  retry_timer_ = loop_.after(wait, [this] { try_launch(); });
}

void ContainerRun::conclude(End end) {
  clean_up();
  output_.finish();
  end_container(status_, end.wait_status, end.no_memory, wall_now());
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

void ContainerRun::let_end() {
  restarts_ = false;
  if (!running() || !failed_try_) return;
  loop_.cancel(retry_timer_);
  conclude({*failed_try_, false});
}

void ContainerRun::terminate(Duration grace) {
  let_end();
  end_try(grace);
}

void ContainerRun::end_try(Duration grace) {
  if (!running() || stopping_) return;
  stopping_ = true;
  if (paused()) return leave_pause();
  if (pid_ == 0) {
    stop_on_start_ = grace;
    return;
  }
  begin_stop(grace);
}

// Stopped while nothing of it runs.
void ContainerRun::leave_pause() {
  pause_.reset();
  conclude(std::exchange(held_, std::nullopt).value_or(End{SIGTERM, false}));
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
  if (!plan_.kill_command.empty()) return run_kill_command(signal, grace);
  signal_and_wait(signal, grace);
}

// Once, for the stop signal; what it does not end, SIGKILL does.
void ContainerRun::run_kill_command(int signal, Duration grace) {
  pod::Action action{.command = plan_.kill_command};
  for (std::string& word : action.command) {
    for (size_t at = 0; (at = word.find("%d", at)) != std::string::npos;) {
      word.replace(at, 2, std::to_string(signal));
    }
  }
  const Duration end = monotonic_now() + grace;
  hook_ = std::make_unique<ActionRun>(
      loop_, action, place_of(action), grace, ActionRun::Status::kIgnored,
      [this, signal, end](const std::string& failure) {
        const Duration rest = end - monotonic_now();
        if (!failure.empty()) {
          if (status_.message.empty()) status_.message = "kill command failed: " + failure;
          return signal_and_wait(signal, std::max(rest, kLeastGrace));
        }
        kill_timer_ = loop_.after(std::max(rest, Duration{}), [this] { kill_now(); });
      });
}

void ContainerRun::signal_and_wait(int signal, Duration grace) {
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
  if (paused()) return leave_pause();
  if (pid_ == 0) {
    stopping_ = true;
    stop_on_start_ = Duration{};
  } else {
    signal_process(SIGKILL);
  }
}

}  // namespace slipway::adapter
