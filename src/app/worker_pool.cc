#include "app/worker_pool.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace slipway::app {

using MonotonicClock = std::chrono::steady_clock;

struct WorkerPool::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> ready;                                   // guarded by mutex
  std::multimap<MonotonicClock::time_point, std::function<void()>> waiting;  // guarded by mutex
  bool stopping = false;                                                     // guarded by mutex
  std::vector<std::thread> threads;

  // The next thing to do, or nothing when the pool stops.
  std::function<void()> take() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      const auto now = MonotonicClock::now();
      while (!waiting.empty() && waiting.begin()->first <= now) {
        ready.push_back(std::move(waiting.begin()->second));
        waiting.erase(waiting.begin());
      }
      if (!ready.empty()) {
        std::function<void()> work = std::move(ready.front());
        ready.pop_front();
        return work;
      }
      if (waiting.empty()) {
        changed.wait(lock);
      } else {
        changed.wait_until(lock, waiting.begin()->first);
      }
    }
    return {};
  }
};

WorkerPool::WorkerPool(int threads) : shared_(std::make_unique<Shared>()) {
  for (int i = 0; i < threads; ++i) {
    shared_->threads.emplace_back([shared = shared_.get()] {
      while (const std::function<void()> work = shared->take()) work();
    });
  }
}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::stop() {
  decltype(shared_->ready) ready;  // dropped outside of the lock: what it holds may call us
  decltype(shared_->waiting) waiting;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stopping = true;
    ready.swap(shared_->ready);
    waiting.swap(shared_->waiting);
  }
  shared_->changed.notify_all();
  for (std::thread& thread : shared_->threads) thread.join();
  shared_->threads.clear();
}

void WorkerPool::run(std::function<void()> work) { run_later({}, std::move(work)); }

void WorkerPool::run_later(Duration delay, std::function<void()> work) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->stopping) return;
    if (delay.ns <= 0) {
      shared_->ready.push_back(std::move(work));
    } else {
      shared_->waiting.emplace(MonotonicClock::now() + std::chrono::nanoseconds(delay.ns),
                               std::move(work));
    }
  }
  shared_->changed.notify_one();
}

}  // namespace slipway::app
