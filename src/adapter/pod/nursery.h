// The nursery: the process that pods are started from.
//
// One per data directory, started by the first client that needs it (nursery_link.h) and detached
// from it. It is small, so that forking a supervisor costs little; it has a mount name space of its
// own in which crun works on hybrid cgroups (spec perf.md, section 1); it keeps what every
// container needs ready: the compiled seccomp filter and a few network name spaces. Pods of plain
// processes that need nothing else are run by it directly, one spawn each.
//
// It holds nothing that can not be found again: killed at any time, its successor adopts the
// supervisors that live and reports the pods that do not.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "adapter/pod/event_loop.h"
#include "adapter/pod/nursery_protocol.h"
#include "adapter/pod/pod_table.h"

namespace slipway::adapter {

struct NurseryOptions {
  std::string data_dir;
};

// The hidden subcommand `slipway nursery --data-dir D`. Expects the listening socket as its
// standard input. Returns the exit code; 2 when it was not started by a client.
int nursery_main(const NurseryOptions& options);

class Nursery {
 public:
  Nursery(std::string data_dir, Fd listening, Fd bell);

  void run();  // until idle for long enough

 private:
  struct Client {
    Fd socket;
    FrameReader reader;
    std::string unsent;
    bool waits_to_send = false;
    RuntimeOptions options;
  };
  void accept_client();
  void on_client(uint64_t id, uint32_t events);
  void listen_to(uint64_t id, std::string_view bytes);
  void obey(uint64_t id, const json::object& message);
  void send(uint64_t id, const json::object& message);
  void flush(uint64_t id);
  void drop(uint64_t id);
  void on_bell();
  void watch_idleness();
  void end_if_idle();

  PodPaths paths_;
  EventLoop loop_{EventLoop::Reap::kAll};
  Fd listening_, bell_;
  std::map<uint64_t, Client> clients_;
  uint64_t next_client_ = 1;
  Duration idle_exit_ = Duration::seconds(30);
  EventLoop::Timer idle_timer_{};
  bool ended_ = false;
  PodTable pods_;
};

}  // namespace slipway::adapter
