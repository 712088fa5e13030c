#include "adapter/pod/pid_space.h"

#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

#include "adapter/archive/fd.h"

namespace slipway::adapter {

namespace {

// In the child of a process with threads: system calls only.
[[noreturn]] void stay() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  ::prctl(PR_SET_NAME, "pause", 0, 0, 0);
  ::signal(SIGCHLD, SIG_IGN);  // the kernel reaps
  ::close_range(0, ~0u, 0);
  for (;;) ::pause();
}

}  // namespace

Result<PidSpace> PidSpace::make() {
  const auto pid = static_cast<pid_t>(
      ::syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, nullptr, nullptr, nullptr, 0));
  if (pid < 0) return system_error("cannot make a process name space for the pod");
  if (pid == 0) stay();
  return PidSpace(pid);
}

PidSpace::PidSpace(PidSpace&& other) noexcept : first_(std::exchange(other.first_, 0)) {}

PidSpace& PidSpace::operator=(PidSpace&& other) noexcept {
  std::swap(first_, other.first_);
  return *this;
}

PidSpace::~PidSpace() {
  if (first_ > 0) ::kill(first_, SIGKILL);  // the supervisor's loop reaps it
}

std::string PidSpace::path() const { return fmt::format("/proc/{}/ns/pid", first_); }

}  // namespace slipway::adapter
