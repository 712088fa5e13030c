// All that the world still owes us: a pure function of the engine's state.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/id.h"

namespace slipway::engine {

struct Effect {
  enum class Kind {
    kStartPod,
    kStopPod,
    kRemovePod,
    kSendRequest,
    kCallTrigger,
    kRemoveClaim,
    kReadArtifacts,   // for `node`, which lists or reads (workflow/read.h)
    kRemoveArtifact,  // `name` is its address (workflow/artifact_place.h)
    kSeekWorkflow,    // a trigger wants the finished workflow `name`
  };
  EffectId id;  // derived from the fact that caused it; the same after every replay
  Kind kind = Kind::kStartPod;
  WorkflowUid workflow;
  NodeId node;
  PodId pod;
  int attempt = 0;
  std::string ns, name;    // kRemoveClaim, kRemoveArtifact, kSeekWorkflow
  bool with_logs = false;  // kRemovePod: the workflow was deleted, so its logs go too
  int64_t priority = 0;    // of the workflow; higher first among kStartPod
};

// Effect ids, as they follow from what is wanted.
EffectId start_id(const PodId& pod);
EffectId stop_id(const PodId& pod);
EffectId remove_id(const PodId& pod);
EffectId request_id(const WorkflowUid& workflow, const NodeId& node, int attempt);
EffectId claim_id(std::string_view ns, std::string_view name);
EffectId read_id(const WorkflowUid& workflow, const NodeId& node);
EffectId artifact_id(std::string_view key);
EffectId trigger_id(const EventId& event, std::string_view sensor, std::string_view trigger,
                    size_t index);
// The event whose trigger called; empty when it is no trigger's id.
EventId event_of_trigger(const EffectId& id);

// Ordered by the sequence in which effects became outstanding, so that a dispatcher takes only what
// is new since its last look. Sequences are of this process; ids are for all time.
class EffectSet {
 public:
  void add(Effect effect);          // no-op when the id is there
  void remove(const EffectId& id);  // no-op when it is not
  const Effect* find(const EffectId& id) const;
  // Those with a sequence above `sequence`, in order.
  std::vector<const Effect*> after(uint64_t sequence) const;
  uint64_t last_sequence() const { return next_ - 1; }
  const std::map<uint64_t, Effect>& all() const { return by_sequence_; }
  size_t size() const { return by_sequence_.size(); }

 private:
  std::map<uint64_t, Effect> by_sequence_;
  std::unordered_map<EffectId, uint64_t> by_id_;  // looked up, never iterated
  uint64_t next_ = 1;
};

}  // namespace slipway::engine
