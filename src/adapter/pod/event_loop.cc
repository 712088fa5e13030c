#include "adapter/pod/event_loop.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>

#include <array>
#include <fstream>
#include <string>
#include <string_view>

#include "base/assert.h"

namespace slipway::adapter {

namespace {

int64_t read_clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

// "NSpid:\t4711\t12" in a status: a process of a name space below ours, and not its first, which is
// a container's and may not have been named yet.
bool is_guest(std::string_view status) {
  constexpr std::string_view kField = "\nNSpid:\t";
  const size_t at = status.find(kField);
  if (at == status.npos) return false;
  const std::string_view rest = status.substr(at + kField.size());
  const std::string_view pids = rest.substr(0, rest.find('\n'));
  return pids.find('\t') != pids.npos && !pids.ends_with("\t1");
}

}  // namespace

Duration monotonic_now() { return {read_clock(CLOCK_MONOTONIC)}; }
Time wall_now() { return {read_clock(CLOCK_REALTIME)}; }

EventLoop::EventLoop(Reap reap) : reap_mode_(reap), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  SLIPWAY_ASSERT(epoll_);
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  SLIPWAY_ASSERT(signals_);
  watch(signals_.get(), EPOLLIN, [this](uint32_t) {
    std::array<signalfd_siginfo, 16> seen;
    while (::read(signals_.get(), seen.data(), sizeof(seen)) > 0) {
    }
    this->reap();
  });
}

void EventLoop::watch(int fd, uint32_t events, Handler handler) {
  epoll_event event{.events = events, .data = {.fd = fd}};
  const bool fresh =
      handlers_.insert_or_assign(fd, std::make_shared<Handler>(std::move(handler))).second;
  SLIPWAY_ASSERT(::epoll_ctl(epoll_.get(), fresh ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event) == 0);
}

void EventLoop::change(int fd, uint32_t events) {
  epoll_event event{.events = events, .data = {.fd = fd}};
  SLIPWAY_ASSERT(::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0);
}

void EventLoop::unwatch(int fd) {
  if (handlers_.erase(fd) > 0) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

EventLoop::Timer EventLoop::after(Duration delay, std::function<void()> action) {
  const Timer timer{(monotonic_now() + delay).ns, next_timer_++};
  timers_.emplace(timer, std::move(action));
  return timer;
}

void EventLoop::cancel(Timer timer) { timers_.erase(timer); }

void EventLoop::on_child(pid_t pid, std::function<void(int)> ended) {
  children_[pid] = std::move(ended);
  fresh_.push_back(pid);
}

void EventLoop::reap() {
  int status = 0;
  const auto finish = [&](pid_t pid) {
    auto found = children_.extract(pid);
    if (!found.empty()) found.mapped()(status);
  };
  if (reap_mode_ == Reap::kAll) {
    for (pid_t pid; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) finish(pid);
    return;
  }
  std::vector<pid_t> pids;
  for (const auto& [pid, _] : children_) pids.push_back(pid);
  for (const pid_t pid : pids) {
    const pid_t found = ::waitpid(pid, &status, WNOHANG);
    if (found == 0) continue;
    if (found != pid) {
      const auto orphan = orphans_.extract(pid);
      if (orphan.empty()) continue;
      status = orphan.mapped();
    }
    finish(pid);
  }
  reap_orphans();
}

// An OCI runtime that can not start a command in a container leaves the process that it had put
// there, dead. Until somebody has waited for it the first process of its name space can not end,
// whatever kills it. One that it did start may also have ended before we are told which it is, so
// that its status is kept.
void EventLoop::reap_orphans() {
  std::ifstream children("/proc/thread-self/children");
  for (pid_t pid = 0; children >> pid;) {
    if (children_.contains(pid)) continue;
    const auto status = read_small_file("/proc/" + std::to_string(pid) + "/status", 1u << 16);
    if (!status.ok() || status->find("\nState:\tZ") == std::string::npos) continue;
    int ended = 0;
    if (is_guest(*status) && ::waitpid(pid, &ended, WNOHANG) == pid) orphans_[pid] = ended;
  }
}

void EventLoop::fire_timers() {
  if (timers_.empty()) return;
  const int64_t now = monotonic_now().ns;
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    auto due = timers_.extract(timers_.begin());
    due.mapped()();
  }
}

int EventLoop::wait_ms(Duration max_wait) const {
  int64_t wait = max_wait.ns;
  if (!timers_.empty()) {
    wait = std::min(wait, timers_.begin()->first.first - monotonic_now().ns);
  }
  wait = std::clamp<int64_t>(wait, 0, int64_t{3600} * 1'000'000'000);
  return static_cast<int>((wait + 999'999) / 1'000'000);
}

void EventLoop::step(Duration max_wait) {
  if (!fresh_.empty() && reap_mode_ == Reap::kKnown) {  // one may have ended before it was known
    fresh_.clear();
    reap();
    max_wait = {};
  }
  std::array<epoll_event, 64> events;
  const int wait = idle_.empty() ? wait_ms(max_wait) : 0;
  int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), wait);
  if (count == 0 && !idle_.empty()) {
    const auto action = std::move(idle_.front());
    idle_.pop_front();
    action();
    return fire_timers();
  }
  for (int i = 0; i < count; ++i) {
    const auto found = handlers_.find(events[i].data.fd);
    if (found == handlers_.end()) continue;
    const std::shared_ptr<Handler> handler = found->second;  // may unwatch itself
    (*handler)(events[i].events);
  }
  fire_timers();
}

void EventLoop::run_until(const std::function<bool()>& done) {
  while (!done()) step(Duration::seconds(3600));
}

}  // namespace slipway::adapter
