// What waits for the engine. Filled from any thread, emptied by the driver's.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "port/bell.h"
#include "server/access.h"

namespace slipway::server {

struct Mail {
  InputBody body;
  std::function<void(engine::Reply)> done;  // empty: an answer of the world, which nobody awaits
};

// Outlives the driver when something still holds it; closed, it takes nothing more. The bell must
// outlive it while it is open.
class Mailbox {
 public:
  Mailbox(size_t limit, port::Bell& bell) : limit_(limit), bell_(&bell) {}

  // From outside: false when `limit` such mails wait, or it is closed.
  bool post(Mail mail);
  // What the world answers is never refused: it is bounded by what was asked of it.
  void deliver(InputBody body);
  void query(std::function<void(const engine::Engine&)> look);
  void wake();
  void close();

  // At most `max_mails`, in order of arrival.
  std::deque<Mail> take(size_t max_mails);
  std::vector<std::function<void(const engine::Engine&)>> take_queries();
  // Mails that could not be dealt with go back to the front.
  void put_back(std::deque<Mail> mails);
  bool empty() const;
  bool closed() const;

 private:
  mutable std::mutex mutex_;
  size_t limit_;
  size_t posted_ = 0;  // of mails_, those from outside
  port::Bell* bell_;   // nullptr when closed
  std::deque<Mail> mails_;
  std::vector<std::function<void(const engine::Engine&)>> queries_;
};

}  // namespace slipway::server
