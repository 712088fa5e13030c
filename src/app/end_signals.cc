#include "app/end_signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>

#include "base/assert.h"

namespace slipway::app {

EndSignals::EndSignals() {
  sigemptyset(&held_);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now {};
    sigaction(number, nullptr, &now);
    if (now.sa_handler != SIG_IGN) sigaddset(&held_, number);
  }
  pthread_sigmask(SIG_BLOCK, &held_, nullptr);
  signals_ = adapter::Fd(signalfd(-1, &held_, SFD_CLOEXEC));
  cancelled_ = adapter::Fd(eventfd(0, EFD_CLOEXEC));
  SLIPWAY_ASSERT(signals_ && cancelled_);
}

EndSignals::~EndSignals() { let_go(); }

std::optional<int> EndSignals::wait() {
  std::array<pollfd, 2> ready{{{signals_.get(), POLLIN, 0}, {cancelled_.get(), POLLIN, 0}}};
  while (poll(ready.data(), ready.size(), -1) < 0) {
  }
  signalfd_siginfo seen{};
  if (ready[1].revents != 0 || read(signals_.get(), &seen, sizeof seen) != sizeof seen) return {};
  return static_cast<int>(seen.ssi_signo);
}

void EndSignals::cancel() { eventfd_write(cancelled_.get(), 1); }

void EndSignals::let_go() { pthread_sigmask(SIG_UNBLOCK, &held_, nullptr); }

}  // namespace slipway::app
