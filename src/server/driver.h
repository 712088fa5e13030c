// Driver: the one loop around the engine.
//
//     mailbox -> decide -> apply in memory -> one commit for all that is in flight
//             -> replies -> dispatch what is outstanding -> those who watch
//
// Nothing leaves before the commit that justifies it has returned. When a commit fails, everyone in
// flight is told kUnavailable, the engine is rebuilt from the journal, and what the world has
// reported is decided on again.
//
// post(), query(), subscribe(), stop() and the sinks may be used from any thread; everything else
// belongs to the driver's own.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "base/limit.h"
#include "port/journal.h"
#include "server/access.h"
#include "server/dispatcher.h"
#include "server/kube_event_log.h"
#include "server/mailbox.h"
#include "server/metric.h"
#include "server/reaper.h"

namespace slipway::server {

// All of them outlive the driver.
struct Ports {
  port::Clock& clock;
  port::Bell& bell;
  port::Journal& journal;
  port::Retention& retention;
  port::PodRuntime& pods;
  port::LogStore& logs;
  port::HttpClient& http;
  port::ArtifactStore& artifacts;
  port::WorkflowStore& workflows;
};

struct DriverOptions {
  size_t mailbox = limit::kMailbox;
  size_t batch = 4096;             // mails of one commit
  size_t batch_bytes = 64u << 20;  // of records, after which a commit takes no more mails
  size_t passes = 512;             // ticks of one commit
  size_t max_parallel_pods = 64;   // given to the runtime and not over; 0: no limit
  size_t max_parallel_calls = 128;
  size_t snapshot_records = 10'000;  // since the last snapshot; SIZE_MAX: never one
  int64_t event_days = 0;            // how long event rows are kept; 0: for ever
  // For the operator: one line when commits begin to fail or fail anew, one when they work again,
  // one for an artifact that could not be removed. From any thread.
  std::function<void(const std::string&)> tell;
  port::Keep keep;   // finished workflows, by phase
  bool reap = true;  // false: finished workflows stay whatever they say
  // Finished workflows in memory until their artifacts are removed; a slow store gets no more.
  size_t max_recalled = 1000;
};

class Driver : public Access {
 public:
  Driver(Ports ports, workflow::Settings settings, DriverOptions options = {});
  ~Driver() override;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  // Once, before the first step: snapshot and replay, then adopts what runs and dispatches what is
  // outstanding. The error names the record that can not be read.
  Status recover();

  // The loop's body. Deals with what waits now and what is due now; true when there was anything.
  bool step();

  // Steps until stop(), waiting on the bell in between; at the end, a snapshot.
  void run();
  void stop();
  // The end of run(): the rest of the mailbox, and a snapshot. From then on post() refuses, and
  // nothing is kept of those who ask or watch.
  void shut_down();

  void post(InputBody body, std::function<void(engine::Reply)> done) override;
  void query(std::function<void(const engine::Engine&)> look) override;
  uint64_t subscribe(std::function<void(const Change&, const engine::Engine&)> heed) override;
  void unsubscribe(uint64_t subscription) override;

  // From now on the spans of what finishes (views::workflow_spans) go to `sink`, on the driver's
  // thread, once the end is durable. Before run().
  void trace(std::function<void(json::array)> sink) { trace_ = std::move(sink); }

  // Where a pod runtime reports to. Usable after the driver is gone: reports then go nowhere.
  port::PodReportSink report_sink() const;

  const engine::Engine& engine() const { return engine_; }
  const MetricRegistry& metrics() const override { return metrics_; }
  const KubeEventLog& kube_events() const override { return kube_events_; }
  const Dispatcher& dispatcher() const { return dispatcher_; }
  // When step() is due without any mail; nullopt: never.
  std::optional<Time> next_wake() const;

 private:
  // What one commit carries, and who waits for it.
  struct Batch {
    std::deque<Mail> mails;
    std::vector<engine::Reply> replies;  // of `mails`, in order
    port::Commit commit;
    size_t bytes = 0;
    Change change;
    std::vector<workflow::Sample> samples;
    std::vector<json::array> traces;  // of what finishes
    std::vector<KubeEventLog::Entry> kube_events;
  };

  bool take_more(Batch& batch);
  void decide_removals(Batch& batch, Time now);
  bool may_reap() const;
  void decide_mails(Batch& batch, Time now);
  void decide_ticks(Batch& batch, Time now);
  engine::Reply decide(Batch& batch, Time now, InputBody body);
  void fail(Batch& batch, const Error& error);
  void set_trouble(std::string trouble);
  Status rebuild();
  void notify(const Change& change);
  void look();
  void save_snapshot_if_due(size_t records, size_t bytes);
  Status save_snapshot();

  Ports ports_;
  workflow::Settings settings_;
  DriverOptions options_;
  std::shared_ptr<Mailbox> mailbox_;
  Dispatcher dispatcher_;
  Reaper reaper_;
  MetricRegistry metrics_;
  KubeEventLog kube_events_;
  std::function<void(json::array)> trace_;

  // The engine and its place in the journal.
  engine::Engine engine_;
  uint64_t sequence_ = 0;  // of the last durable record
  bool healthy_ = false;   // false: rebuild before the next decision
  std::string trouble_;    // why the last commit failed; empty when it did not
  size_t records_since_ = 0, bytes_since_ = 0, snapshot_bytes_ = 0;
  Time purged_;  // when event rows were last let go

  std::mutex watching_;
  std::map<uint64_t, std::function<void(const Change&, const engine::Engine&)>> watchers_;
  uint64_t next_watcher_ = 1;

  std::atomic<bool> stopping_ = false;
};

}  // namespace slipway::server
