// A disk that loses what was not synced, fails, and is killed in the middle; and the shadow: an
// engine fed from nothing but what is durable, against which the other fakes check everything that
// leaves the server.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>

#include "core/engine/engine.h"
#include "core/pod/report.h"
#include "port/journal.h"
#include "port/retention.h"
#include "sim/finished.h"
#include "sim/world.h"

namespace slipway::sim {

class SimJournal : public port::Journal, public port::Retention {
 public:
  SimJournal(World& world, const workflow::Settings& settings);

  Status commit(const port::Commit& commit) override;
  Result<port::Snapshot> load_snapshot() override { return snapshot_; }
  Status save_snapshot(const port::Snapshot& snapshot) override;
  Status replay(uint64_t after,
                const std::function<Status(uint64_t, std::string_view)>& visit) override;

  Result<std::vector<port::WorkflowRow>> overdue(Time now, const port::Keep& keep,
                                                 size_t limit) override;
  Result<std::vector<port::WorkflowRow>> surplus(const port::CronHistory& history,
                                                 size_t limit) override;
  Result<std::optional<Time>> next_deadline() override;

  void lose_unsynced();  // the server was killed

  const engine::Engine& shadow() const { return *shadow_; }
  bool event_is_durable(const EventId& id) const { return events_.contains(id); }
  uint64_t last_sequence() const { return last_; }
  size_t commits() const { return commits_; }

  // What the checkers look at: event rows, workflows by the event that made them, finished ones.
  const std::map<EventId, port::EventRow>& events() const { return events_; }
  const std::map<EventId, int>& workflows_of() const { return workflows_of_; }
  const std::map<WorkflowUid, port::WorkflowRow>& finished() const { return finished_.rows; }
  port::WorkflowStore& finished_store() { return finished_; }
  size_t created() const { return created_.size(); }
  const std::map<WorkflowUid, json::object>& created_objects() const { return created_; }
  const std::set<WorkflowUid>& removed() const { return removed_; }

 private:
  void make_durable(const port::Commit& commit);
  void note(const engine::Event& event);

  World& world_;
  const workflow::Settings& settings_;
  port::Snapshot snapshot_;
  std::map<uint64_t, std::string> records_;
  uint64_t last_ = 0;
  size_t commits_ = 0;
  std::deque<port::Commit> unsynced_;  // only with a mutation
  std::unique_ptr<engine::Engine> shadow_;

  std::map<EventId, port::EventRow> events_;
  std::map<EventId, int> workflows_of_;
  FinishedRows finished_;
  std::map<WorkflowUid, json::object> created_;
  std::set<WorkflowUid> removed_;
};

}  // namespace slipway::sim
