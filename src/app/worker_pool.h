// Threads on which waiting is allowed: reading files, the store, artifacts.
#pragma once

#include <functional>
#include <memory>

#include "base/time.h"

namespace slipway::app {

// The end, by stop() or the destructor, finishes what has begun, drops what waits (timers too) and
// joins; what comes later is dropped.
class WorkerPool {
 public:
  explicit WorkerPool(int threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // From any thread. In order of arrival, but several run at once.
  void run(std::function<void()> work);
  void run_later(Duration delay, std::function<void()> work);
  void stop();

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace slipway::app
