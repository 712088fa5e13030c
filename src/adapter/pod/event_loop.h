// One thread's loop over descriptors, timers and child processes (epoll, signalfd).
//
// Handlers may watch, unwatch, start and cancel anything, also themselves. Not for two threads.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "adapter/archive/fd.h"
#include "base/time.h"

namespace slipway::adapter {

// Nanoseconds of the monotonic clock.
Duration monotonic_now();
Time wall_now();

class EventLoop {
 public:
  enum class Reap {
    kAll,    // every child that ends
    // Those named by on_child, as other threads wait for children of their own; and orphans out of
    // pid name spaces below ours.
    kKnown,
  };
  // Blocks SIGCHLD for the calling thread; spawned programs must be given an empty mask.
  explicit EventLoop(Reap reap);

  using Handler = std::function<void(uint32_t events)>;
  void watch(int fd, uint32_t events, Handler handler);  // epoll's events
  void change(int fd, uint32_t events);
  void unwatch(int fd);  // before fd is closed

  using Timer = std::pair<int64_t, uint64_t>;
  Timer after(Duration delay, std::function<void()> action);
  void cancel(Timer timer);  // fired or unknown is fine

  // `ended` gets waitpid's status, once; also when the child has ended already.
  void on_child(pid_t pid, std::function<void(int status)> ended);

  // Called instead of sleeping when nothing else is due, one at a time in the order given.
  void when_idle(std::function<void()> action) { idle_.push_back(std::move(action)); }

  void step(Duration max_wait);
  void run_until(const std::function<bool()>& done);

 private:
  void reap();
  void reap_orphans();
  void fire_timers();
  int wait_ms(Duration max_wait) const;

  Reap reap_mode_;
  Fd epoll_;
  Fd signals_;
  std::unordered_map<int, std::shared_ptr<Handler>> handlers_;
  std::map<Timer, std::function<void()>> timers_;
  uint64_t next_timer_ = 1;
  std::unordered_map<pid_t, std::function<void(int)>> children_;
  std::unordered_map<pid_t, int> orphans_;  // those that were waited for, with their status
  std::vector<pid_t> fresh_;  // registered since the last look
  std::deque<std::function<void()>> idle_;
};

}  // namespace slipway::adapter
