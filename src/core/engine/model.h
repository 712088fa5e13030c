// Model: the engine's state as plain data, and what the files of this folder share.
//
// Facts (catalog, runs, memories, deliveries, calls, removals) change only in apply.cc. The rest is
// an index over them and is kept by the same functions.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/random.h"
#include "core/engine/act_table.h"
#include "core/engine/delivery.h"
#include "core/engine/engine.h"
#include "core/engine/schedule.h"
#include "core/sensor/sensor.h"
#include "core/workflow/estimate.h"
#include "core/workflow/lock.h"

namespace slipway::engine {

struct RunSlot {
  enum class Stage {
    kWaiting,  // no pass yet
    kRunning,  // counts against Settings.parallelism
    kEnding,   // its phase is completed, something is still wanted
    kLeaving,  // finished; its row is to be written
  };
  workflow::Run run;
  Stage stage = Stage::kWaiting;
  std::optional<Time> wake;  // its entry in Model::due
  size_t collecting = 0;     // of its artifacts that are being removed: it leaves after them
  bool recalled = false;     // it had left before
};

// An artifact that is being removed. Who lets it go while it is may have written it anew since the
// removal was asked for, and waits for the next one.
struct ArtifactRemoval {
  std::set<WorkflowUid> waiting, later;
};

// Higher priority first, then older, then by uid.
struct QueueKey {
  int64_t priority = 0;
  Time created_at;
  WorkflowUid uid;
  friend bool operator<(const QueueKey& a, const QueueKey& b) {
    if (a.priority != b.priority) return a.priority > b.priority;
    if (a.created_at != b.created_at) return a.created_at < b.created_at;
    return a.uid < b.uid;
  }
};

struct Model {
  explicit Model(workflow::Settings given) : settings(std::move(given)) {}

  workflow::Settings settings;

  // Facts.
  manifest::Catalog catalog;
  std::map<WorkflowUid, RunSlot> runs;
  std::map<std::pair<std::string, std::string>, sensor::Memory> memories;  // ns, sensor
  DeliveryMemory deliveries;
  std::map<EffectId, TriggerCalled> calls;
  std::map<PodId, bool> removals;                                // pod → with its logs
  std::set<std::pair<std::string, std::string>> removed_claims;  // ns, name
  std::map<std::string, ArtifactRemoval> removed_artifacts;      // by address
  std::set<std::pair<Time, PodId>> released;                     // by when they go (podGC)
  // Of the newest good run of each template and schedule.
  std::map<manifest::ResourceKey, workflow::Estimate> estimates;
  int64_t resource_version = 0;  // the highest ever given

  // Derived from the facts.
  std::map<std::string, WorkflowUid, std::less<>> run_names;  // "ns/name"
  EffectSet outstanding;
  workflow::LockTable locks;
  ActTable acts;
  std::set<QueueKey> waiting;                       // stage kWaiting
  std::set<WorkflowUid> leaving;                    // stage kLeaving
  std::set<std::pair<Time, WorkflowUid>> due;       // stages kRunning and kEnding
  std::map<manifest::ResourceKey, Time> schedules;  // when a CronWorkflow is due next
  size_t recalled = 0;                              // how many RunSlots are
  int64_t running = 0;                              // how many are in stage kRunning
};

struct Engine::State : Model {
  using Model::Model;
};

// --- apply.cc ---
void apply_event(Model& model, const Event& event);
// `pod`'s removal as a snapshot's header knows it.
void restore_removal(Model& model, const PodId& pod, bool with_logs);

// --- decisions, one file per concern ---
Decision decide_receive(const Model& model, const Input& input, const ReceiveEvent& body);
Decision decide_receive(const Model& model, const Input& input, const ReceiveBound& body);
// Offers an event of kBoundEventType to the bindings of its namespace (binding.cc).
Decision offer_bound(const Model& model, Time now, Random& random, EventReceived received);
Decision decide_replay(const Model& model, const Input& input, const ReplayEvent& body);
Decision decide_apply(const Model& model, const Input& input, const ApplyResource& body);
Decision decide_delete(const Model& model, const Input& input, const DeleteResource& body);
Decision decide_submit(const Model& model, const Input& input, const SubmitWorkflow& body);
Decision decide_operate(const Model& model, const Input& input, const OperateWorkflow& body);
Decision decide_retry(const Model& model, const Input& input, const RetryWorkflow& body);
Decision decide_resubmit(const Model& model, const Input& input, const ResubmitWorkflow& body);
Decision decide_delete(const Model& model, const Input& input, const DeleteWorkflow& body);
Decision decide_report(const Model& model, const Input& input, const PodReported& body);
Decision decide_removed(const Model& model, const Input& input, const PodRemoved& body);
Decision decide_removed(const Model& model, const Input& input, const ClaimRemoved& body);
Decision decide_removed(const Model& model, const Input& input, const ArtifactRemoved& body);
Decision decide_answer(const Model& model, const Input& input, const RequestAnswered& body);
Decision decide_answer(const Model& model, const Input& input, const ArtifactsRead& body);
Decision decide_answer(const Model& model, const Input& input, const TriggerAnswered& body);
Decision decide_answer(const Model& model, const Input& input, const WorkflowSought& body);
Decision decide_sync_limit(const Model& model, const Input& input, const SetSyncLimit& body);
Decision decide_leave(const Model& model, const Input& input, const RunSlot& slot);
Decision decide_tick(const Model& model, const Input& input);
std::optional<Time> next_tick(const Model& model);

// --- snapshot.cc ---
std::string write_snapshot(const Model& model);
Status read_snapshot(Model& model, std::string_view text);

// --- advance.cc ---
// One pass over a live run, and what the engine does beside it in the same decision. Appends no
// WorkflowAdvanced when nothing changed, unless `quiet` says that even this is to be known.
void advance_run(const Model& model, Time now, uint64_t entropy, const workflow::Run& run,
                 const workflow::Happening& happening, Decision& decision, bool quiet = false);

// --- resource.cc ---
// `given` with the server's bookkeeping, as it will be stored by the next event of `events`.
manifest::Resource stored_form(const Model& model, Time now, uint64_t entropy,
                               const std::vector<Event>& events, const manifest::Resource& given);

// --- shared by decisions (model.cc) ---
workflow::World world_of(const Model& model, Time now, uint64_t entropy);
const RunSlot* find_slot(const Model& model, std::string_view ns, std::string_view name);
Decision refuse(ErrorCode code, std::string message);
// The pods that the run ever had, and its claims as "<namespace>/<name>".
std::vector<PodId> pods_of(const workflow::Run& run);
std::vector<std::string> claims_of(const workflow::Run& run);

// Names, prepares and (unless `lenient`) validates a workflow, and makes the event that creates it.
// `taken` are names given earlier in the same decision. Argo's API server accepts what a trigger
// creates without validating it, and the workflow then fails with its reason: hence `lenient`.
struct Birth {
  WorkflowUid uid;
  std::string ns, name;
  json::object object;
  WorkflowCreated event;
};
Result<Birth> give_birth(const Model& model, Time now, Random& random, json::object workflow,
                         std::string_view ns, const workflow::SubmitOptions& options,
                         const std::set<std::string>& taken, bool lenient);

}  // namespace slipway::engine
