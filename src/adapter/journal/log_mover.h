// Moves the write-ahead log into the database file on a thread of its own, so that the one that
// commits does not wait for the file's pages to be written and forced to the disk.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace slipway::adapter {

class LogMover {
 public:
  // Nothing is opened and no thread runs until the first move().
  LogMover(std::string path, bool durable) : path_(std::move(path)), durable_(durable) {}
  ~LogMover();  // waits for a move that has begun
  LogMover(const LogMover&) = delete;
  LogMover& operator=(const LogMover&) = delete;

  // Moves what is in the log now, soon; returns at once. One at a time: asked for again meanwhile,
  // it is done once more. What can not be moved stays in the log, and its next commits ask again.
  // From one thread.
  void move();

  // Waits until no move is under way, and begins none until the next move(). From the same thread.
  void settle();

 private:
  void run();

  std::string path_;
  bool durable_;
  std::mutex mutex_;
  std::condition_variable asked_, idle_;
  bool wanted_ = false, moving_ = false, ending_ = false;
  std::thread thread_;
};

}  // namespace slipway::adapter
