#include "adapter/journal/log_mover.h"

#include "adapter/journal/sqlite.h"

namespace slipway::adapter {

LogMover::~LogMover() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  asked_.notify_one();
  thread_.join();
}

void LogMover::move() {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  if (thread_.joinable()) return asked_.notify_one();
  thread_ = std::thread([this] { run(); });
}

void LogMover::settle() {
  std::unique_lock lock(mutex_);
  wanted_ = false;
  idle_.wait(lock, [this] { return !moving_; });
}

void LogMover::run() {
  auto database = Database::open(path_, Database::Mode::kWrite);
  if (!database.ok()) return;  // the log is moved by the one that commits, when it is twice as long
  if (!durable_) static_cast<void>((*database)->execute("PRAGMA synchronous = OFF"));
  std::unique_lock lock(mutex_);
  for (;;) {
    asked_.wait(lock, [this] { return wanted_ || ending_; });
    if (ending_) return;
    wanted_ = false;
    moving_ = true;
    lock.unlock();
    (*database)->move_log();
    lock.lock();
    moving_ = false;
    idle_.notify_one();
  }
}

}  // namespace slipway::adapter
