// Every pod the nursery knows: those it runs, those it adopted, and the ends of those that are
// over.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapter/pod/event_loop.h"
#include "adapter/pod/host_process.h"
#include "adapter/pod/host_reports.h"
#include "adapter/pod/network_pool.h"
#include "adapter/pod/pod_paths.h"
#include "adapter/pod/runtime_options.h"
#include "adapter/pod/start_queue.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::adapter {

struct SupervisorStart;

class PodTable {
 public:
  using Send = std::function<void(uint64_t client, const json::object& message)>;
  PodTable(EventLoop& loop, PodPaths paths, Send send);

  // After a start of the nursery: supervisors that live are watched again; pods that were left
  // behind are ended, cleaned up and reported as lost.
  void adopt_all();

  void start(pod::PodPlan plan, const RuntimeOptions& options, uint64_t client);
  // One that was started here, or by a nursery before; reported as gone when there is none.
  void adopt(const PodId& id, uint64_t client);
  void stop(const PodId& id);
  void remove(const PodId& id);
  void remove_all();
  // A supervisor has written one; `unwritten`: or could not, and sends it.
  void on_report(const PodId& id, const std::string& unwritten = "");
  void forget_client(uint64_t client);
  bool empty() const {
    return live_.empty() && waiting_.empty() && removals_.empty() && host_reports_.saved();
  }

 private:
  struct Live {
    pid_t pid = 0;
    Fd pidfd;                           // of an adopted supervisor
    std::unique_ptr<HostProcess> host;  // instead of a supervisor
    std::vector<uint64_t> clients;
    std::string last;   // the last report sent
    bool over = false;  // it was the final one
    bool removed = false;
  };
  // A slot is free again: RuntimeOptions::max_running.
  void start_next();
  size_t running() const;
  void begin(StartQueue::Entry entry);
  void start_host(pod::PodPlan plan, const RuntimeOptions& options, uint64_t client);
  void start_supervised(pod::PodPlan plan, const RuntimeOptions& options, uint64_t client);
  void watch_left(const PodId& id);
  void end_left_host(const PodId& id);
  bool join(const PodId& id, uint64_t client);
  void on_host_report(const PodId& id, const pod::PodReport& report);
  void save_later();
  void on_supervisor_end(const PodId& id);
  pod::PodReport report_lost(const PodId& id);
  void clean_up(const PodId& id);
  void note_report(const PodId& id, const std::string& unwritten);
  void tell(Live& live, const std::string& text);
  void repeat_end(const PodId& id, uint64_t client);
  void refuse(const PodId& id, uint64_t client, const Error& why);
  void tell_gone(const PodId& id, uint64_t client);
  void remove_later(const PodId& id);
  void remove_oldest();
  void remove_files(const PodId& id);
  void refill_network(const RuntimeOptions& options);
  SupervisorStart prepare_supervisor(pod::PodPlan plan, const RuntimeOptions& options);
  void prepare_containers(SupervisorStart& start, const RuntimeOptions& options);

  EventLoop& loop_;
  PodPaths paths_;
  Send send_;
  std::unordered_map<std::string, Live> live_;
  StartQueue waiting_;
  std::vector<std::unique_ptr<HostProcess>> ended_;  // they called us; freed at the next verb
  std::deque<PodId> removals_;  // whose files go when there is nothing else to do
  HostReports host_reports_;
  NetworkPool network_;
  std::string seccomp_filter_;  // compiled at the first container
};

}  // namespace slipway::adapter
