// Waits for a file that somebody makes in a folder.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapter/archive/fd.h"
#include "adapter/pod/event_loop.h"

namespace slipway::adapter {

class MarkerWait {
 public:
  // `found` is called once, from the loop, when the folder has an entry called `name`, also when it
  // has it already. It may destroy the MarkerWait. `folder` is borrowed.
  static Result<std::unique_ptr<MarkerWait>> begin(EventLoop& loop, int folder, std::string name,
                                                   std::function<void()> found);
  ~MarkerWait();
  MarkerWait(const MarkerWait&) = delete;
  MarkerWait& operator=(const MarkerWait&) = delete;

  // For begin(): `changes` tells of those in the folder.
  MarkerWait(EventLoop& loop, int folder, Fd changes, std::string name,
             std::function<void()> found);

 private:
  void look();

  EventLoop& loop_;
  int folder_;
  Fd changes_;
  std::string name_;
  std::function<void()> found_;
  EventLoop::Timer first_look_{};
};

}  // namespace slipway::adapter
