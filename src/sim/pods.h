// A pod runtime that fails, hangs, lies and forgets. It lives on when the server is killed, as the
// detached supervisors do; what it reports meanwhile is lost and repeated on adoption.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "core/pod/plan.h"
#include "core/pod/report.h"
#include "port/pod_runtime.h"
#include "sim/journal.h"
#include "sim/store.h"
#include "sim/world.h"

namespace slipway::sim {

class SimPods : public port::PodRuntime {
 public:
  SimPods(World& world, const SimJournal& journal, SimArtifacts& artifacts)
      : world_(world), journal_(journal), artifacts_(artifacts) {}

  void start(pod::PodPlan plan) override;
  void adopt(const PodId& id) override;
  void stop(const PodId& id) override;
  void remove(const PodId& id) override;
  std::vector<PodId> list() override;
  Status remove_claim(const std::string& ns, const std::string& name) override;

  // Where reports go; nullptr while the server is down.
  void connect(port::PodReportSink sink) { sink_ = std::move(sink); }

  size_t started() const { return started_.size(); }
  // It began, and nobody has lost it since.
  bool is_known(const PodId& id) const { return started_.contains(id) && !vanished_.contains(id); }

 private:
  struct Pod {
    Duration grace;
    bool daemon = false;
    std::string prints = "done";
    std::map<std::string, std::string> parameters;
    std::vector<pod::SavedArtifact> saves;  // at its end
    pod::PodReport report;                  // the newest
    uint64_t life = 0;  // a later beginning makes planned reports of an earlier one void
  };
  void begin(const PodId& id);
  void plan_report(const PodId& id, Duration delay, pod::PodReport::Phase phase, int exit_code);
  void tell(const pod::PodReport& report);
  void lie(const PodId& id);

  World& world_;
  const SimJournal& journal_;
  SimArtifacts& artifacts_;
  port::PodReportSink sink_;
  std::map<PodId, Pod> pods_;
  std::map<PodId, int> started_;  // how often each began
  std::set<PodId> vanished_;      // may begin again: nobody told the server what became of it
  uint64_t lives_ = 0;
};

}  // namespace slipway::sim
