// Pods on this machine, as the server sees them.
//
// The server never forks: it talks over a socket to the nursery (nursery.h), a small process of its
// own that outlives it. Pods live on when either dies. When the nursery is lost, the next is
// started at once and every pod that has not sent its final report is started or adopted again
// there.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

#include "adapter/archive/fd.h"
#include "adapter/pod/nursery_protocol.h"
#include "adapter/pod/pod_paths.h"
#include "adapter/pod/runtime_options.h"
#include "port/pod_runtime.h"

namespace slipway::adapter {

// Verbs may come from any thread. The sink is called from one thread of the runtime, and, when the
// nursery can not be reached, from the caller of start(). The destructor leaves pods running.
class LocalPodRuntime : public port::PodRuntime {
 public:
  LocalPodRuntime(RuntimeOptions options, port::PodReportSink sink);
  ~LocalPodRuntime() override;

  void start(pod::PodPlan plan) override;
  void adopt(const PodId& id) override;
  void stop(const PodId& id) override;
  void remove(const PodId& id) override;
  std::vector<PodId> list() override;
  Status remove_claim(const std::string& ns, const std::string& name) override;

 private:
  struct Live {
    std::string frame;  // that starts or adopts it
    bool stopped = false;
  };
  void receive();
  void connect_early();
  void begin(const std::string& id, std::string bytes);
  bool receive_from(int link);
  void deliver(const json::object& message);
  Status send(const std::string& bytes);
  Status connect_locked();
  bool reconnect();
  void fail_all(const Error& why);

  RuntimeOptions options_;
  PodPaths paths_;
  port::PodReportSink sink_;

  std::mutex mutex_;
  std::shared_ptr<Fd> link_;  // null until needed
  bool closing_ = false;
  std::unordered_map<std::string, Live> live_;  // by pod id

  Fd wake_;  // eventfd: closing, or a link to read from
  std::thread receiver_;
};

}  // namespace slipway::adapter
