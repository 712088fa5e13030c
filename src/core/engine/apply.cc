// Folding durable facts into the model. Every fact ever written must still fold.
#include <fmt/format.h>

#include <tuple>

#include "base/assert.h"
#include "base/limit.h"
#include "core/engine/model.h"

namespace slipway::engine {

namespace {

using Stage = RunSlot::Stage;

// A pass that changed nothing is not repeated at once, whatever the run says of itself.
constexpr Duration kQuietPause = Duration::seconds(1);

// --- runs: stage and queues ---

QueueKey queue_key(const workflow::Run& run) {
  return {run.priority(), run.created_at(), run.uid()};
}

void unlink(Model& model, RunSlot& slot) {
  const WorkflowUid& uid = slot.run.uid();
  switch (slot.stage) {
    case Stage::kWaiting:
      model.waiting.erase(queue_key(slot.run));
      break;
    case Stage::kRunning:
      --model.running;
      break;
    case Stage::kEnding:
      break;
    case Stage::kLeaving:
      model.leaving.erase(uid);
      break;
  }
  if (slot.wake) model.due.erase({*slot.wake, uid});
  slot.wake.reset();
}

Stage stage_of(const workflow::Run& run) {
  if (run.finished()) return Stage::kLeaving;
  if (run.phase() == workflow::Phase::kNone) return Stage::kWaiting;
  return workflow::is_completed(run.phase()) ? Stage::kEnding : Stage::kRunning;
}

void link(Model& model, RunSlot& slot, std::optional<Time> wake) {
  const WorkflowUid& uid = slot.run.uid();
  slot.stage = stage_of(slot.run);
  if (slot.stage == Stage::kLeaving && slot.collecting > 0) slot.stage = Stage::kEnding;
  switch (slot.stage) {
    case Stage::kWaiting:
      model.waiting.insert(queue_key(slot.run));
      return;
    case Stage::kLeaving:
      model.leaving.insert(uid);
      return;
    case Stage::kRunning:
      ++model.running;
      break;
    case Stage::kEnding:
      break;
  }
  slot.wake = wake;
  if (wake) model.due.insert({*wake, uid});
}

std::optional<Time> wake_of(const workflow::Run& run) {
  return run.dirty() ? Time{} : run.next_wake();
}

void wake_now(Model& model, const WorkflowUid& uid) {
  const auto at = model.runs.find(uid);
  if (at == model.runs.end()) return;
  RunSlot& slot = at->second;
  if (slot.stage != Stage::kRunning && slot.stage != Stage::kEnding) return;
  if (slot.wake) model.due.erase({*slot.wake, uid});
  slot.wake = Time{};
  model.due.insert({Time{}, uid});
}

void wake_released(Model& model) {
  for (const WorkflowUid& uid : model.locks.take_woken()) wake_now(model, uid);
}

// --- effects ---

Effect effect_of(const workflow::Run& run, const workflow::Want& want) {
  Effect effect;
  effect.workflow = run.uid();
  effect.node = want.node;
  effect.pod = want.pod;
  effect.attempt = want.attempt;
  effect.priority = run.priority();
  switch (want.kind) {
    case workflow::Want::Kind::kPod:
      effect.kind = Effect::Kind::kStartPod;
      effect.id = start_id(want.pod);
      break;
    case workflow::Want::Kind::kStop:
      effect.kind = Effect::Kind::kStopPod;
      effect.id = stop_id(want.pod);
      break;
    case workflow::Want::Kind::kRequest:
      effect.kind = Effect::Kind::kSendRequest;
      effect.id = request_id(run.uid(), want.node, want.attempt);
      break;
    case workflow::Want::Kind::kClaim:
      effect.kind = Effect::Kind::kRemoveClaim;
      effect.id = claim_id(run.ns(), want.name);
      effect.ns = run.ns();
      effect.name = want.name;
      break;
    case workflow::Want::Kind::kRead:
      effect.kind = Effect::Kind::kReadArtifacts;
      effect.id = read_id(run.uid(), want.node);
      break;
    case workflow::Want::Kind::kAct:
      SLIPWAY_ASSERT(false);  // the engine's own, not the world's
  }
  return effect;
}

void add_want(Model& model, const workflow::Run& run, const workflow::Want& want) {
  if (want.kind == workflow::Want::Kind::kAct) {
    model.acts.want({run.uid(), want.node}, want.name);
  } else {
    model.outstanding.add(effect_of(run, want));
  }
}

// Namespace and name of the workflow.
std::pair<std::string, std::string> sought_by(
    const std::variant<sensor::Operate, sensor::ChangeObject>& seeks) {
  if (const auto* operate = std::get_if<sensor::Operate>(&seeks)) {
    return {operate->ns, operate->name};
  }
  const auto& change = std::get<sensor::ChangeObject>(seeks);
  return {change.ns, get_string(object_of(change.object, "metadata"), "name")};
}

void drop_want(Model& model, const workflow::Run& run, const workflow::Want& want) {
  if (want.kind == workflow::Want::Kind::kAct) {
    model.acts.drop({run.uid(), want.node}, want.name);
  } else {
    model.outstanding.remove(effect_of(run, want).id);
  }
}

// Nodes that wait for something of `object` look at it again.
void touch(Model& model, const manifest::ResourceKey& object, Time at, bool at_once) {
  if (!model.acts.empty()) model.acts.touch(object.text(), at, at_once);
}

void touch(Model& model, const workflow::Run& run, Time at, bool at_once) {
  touch(model, {manifest::Kind::kWorkflow, run.ns(), run.name()}, at, at_once);
}

void want_removal(Model& model, const PodId& pod, bool with_logs) {
  bool& logs = model.removals[pod];
  logs = logs || with_logs;
  Effect effect;
  effect.id = remove_id(pod);
  effect.kind = Effect::Kind::kRemovePod;
  effect.pod = pod;
  effect.with_logs = logs;
  model.outstanding.remove(effect.id);  // a removal that now takes the logs too is a new one
  model.outstanding.add(std::move(effect));
}

void want_claim_removal(Model& model, const std::string& ns, const std::string& name) {
  model.removed_claims.insert({ns, name});
  Effect effect;
  effect.id = claim_id(ns, name);
  effect.kind = Effect::Kind::kRemoveClaim;
  effect.ns = ns;
  effect.name = name;
  model.outstanding.add(std::move(effect));
}

void want_artifact_removal(Model& model, const std::string& key) {
  model.removed_artifacts.try_emplace(key);
  Effect effect;
  effect.id = artifact_id(key);
  effect.kind = Effect::Kind::kRemoveArtifact;
  effect.name = key;
  model.outstanding.add(std::move(effect));
}

void fold_wants(Model& model, const workflow::Run& run,
                const std::vector<workflow::WantChange>& changes) {
  for (const auto& [want, added] : changes) {
    if (added) {
      add_want(model, run, want);
      continue;
    }
    drop_want(model, run, want);
    if (want.kind == workflow::Want::Kind::kPod) {
      model.outstanding.remove(stop_id(want.pod));
      want_removal(model, want.pod, false);
    }
  }
}

// --- runs: coming and going ---

void drop_run(Model& model, const WorkflowUid& uid) {
  const auto at = model.runs.find(uid);
  if (at == model.runs.end()) return;
  RunSlot& slot = at->second;
  unlink(model, slot);
  for (const workflow::Want& want : slot.run.wants()) drop_want(model, slot.run, want);
  if (slot.recalled) --model.recalled;
  if (slot.collecting > 0) {
    for (auto& [_, removal] : model.removed_artifacts) {
      removal.waiting.erase(uid);
      removal.later.erase(uid);
    }
  }
  touch(model, slot.run, Time{}, true);
  const auto name = model.run_names.find(slot.run.ns() + "/" + slot.run.name());
  if (name != model.run_names.end() && name->second == uid) model.run_names.erase(name);
  model.runs.erase(at);
  model.locks.forget(uid);
  wake_released(model);
}

// --- one overload a fact ---

struct Folder {
  Model& model;
  Time at;

  void operator()(const ResourcePut& e) const {
    const manifest::ResourceKey key = e.resource.key();
    const auto version = get_string(e.resource.metadata(), "resourceVersion");
    int64_t number = 0;
    for (const char c : version) number = c >= '0' && c <= '9' ? number * 10 + (c - '0') : number;
    model.resource_version = std::max(model.resource_version, number);
    if (key.kind == manifest::Kind::kCronWorkflow) {
      model.schedules.erase(key);
      if (const auto next = next_schedule(e.resource)) model.schedules[key] = *next;
    }
    model.catalog.put(e.resource);
    touch(model, key, at, true);
    // A semaphore's limit is read live from its ConfigMap, which may be in another namespace
    // (rule 61).
    if (key.kind == manifest::Kind::kConfigMap) wake_lock_waiters();
  }

  void operator()(const ResourceRemoved& e) const {
    model.catalog.remove(e.key);
    touch(model, e.key, at, true);
    model.schedules.erase(e.key);
    model.estimates.erase(e.key);
    if (e.key.kind == manifest::Kind::kSensor) model.memories.erase({e.key.ns, e.key.name});
    if (e.key.kind == manifest::Kind::kPersistentVolumeClaim) {
      want_claim_removal(model, e.key.ns, e.key.name);
    }
  }

  void operator()(const EventReceived& e) const {
    model.deliveries.forget_before(at - Duration::seconds(limit::kDeliveryMemoryDays * 86'400));
    if (e.delivery.empty() || !e.replay_of.empty()) return;
    model.deliveries.remember(at, delivery_key(e.ns, e.source, e.delivery), e.id);
  }

  void operator()(const EventRefused&) const {}

  void operator()(const SensorRemembered& e) const {
    if (e.memory.kept.empty()) {
      model.memories.erase({e.ns, e.sensor});
    } else {
      model.memories[{e.ns, e.sensor}] = e.memory;
    }
  }

  void operator()(const WorkflowCreated& e) const {
    RunSlot& slot = place(e.uid, e.object);
    model.run_names[slot.run.ns() + "/" + slot.run.name()] = e.uid;
    settle(slot);
  }

  void operator()(const WorkflowRecalled& e) const {
    RunSlot& slot = place(e.uid, e.object);
    slot.recalled = true;
    ++model.recalled;
    // One that was made since keeps the name.
    model.run_names.try_emplace(slot.run.ns() + "/" + slot.run.name(), e.uid);
    settle(slot);
  }

  RunSlot& place(const WorkflowUid& uid, const std::string& object) const {
    drop_run(model, uid);
    return model.runs.try_emplace(uid, RunSlot{workflow::Run(uid, object)}).first->second;
  }

  void settle(RunSlot& slot) const {
    for (const workflow::Want& want : slot.run.wants()) add_want(model, slot.run, want);
    touch(model, slot.run, at, true);
    link(model, slot, wake_of(slot.run));
    workflow::add_locks(model.locks, slot.run);
  }

  void operator()(const WorkflowAdvanced& e) const {
    const auto found = model.runs.find(e.delta.uid);
    if (found == model.runs.end()) return;
    RunSlot& slot = found->second;
    unlink(model, slot);
    std::vector<workflow::WantChange> changes;
    slot.run.apply(e.delta, changes);
    fold_wants(model, slot.run, changes);
    touch(model, slot.run, at, workflow::is_completed(slot.run.phase()));
    auto wake = wake_of(slot.run);
    if (e.delta.empty() && wake && *wake <= e.delta.at) wake = e.delta.at + kQuietPause;
    link(model, slot, wake);
    workflow::update_locks(model.locks, slot.run, e.delta);
    wake_released(model);
  }

  void operator()(const WorkflowFinished& e) const {
    if (const auto found = model.runs.find(e.uid); found != model.runs.end()) {
      learn_duration(found->second.run);
    }
    drop_run(model, e.uid);
  }

  void learn_duration(const workflow::Run& run) const {
    if (run.phase() != workflow::Phase::kSucceeded) return;
    const auto source = workflow::estimated_by(run);
    if (!source || model.catalog.find(*source) == nullptr) return;
    workflow::Estimate& known = model.estimates[*source];
    if (run.created_at() >= known.created_at) known = workflow::measure_run(run);
  }

  void operator()(const WorkflowRemoved& e) const {
    drop_run(model, e.uid);
    drop_released(e.pods);
    for (const PodId& pod : e.pods) want_removal(model, pod, true);
    for (const std::string& key : e.artifacts) want_artifact_removal(model, key);
    for (const std::string& claim : e.claims) {
      const size_t slash = claim.find('/');
      if (slash == std::string::npos) continue;
      want_claim_removal(model, claim.substr(0, slash), claim.substr(slash + 1));
    }
  }

  void operator()(const PodForgotten& e) const {
    model.removals.erase(e.pod);
    model.outstanding.remove(remove_id(e.pod));
  }

  void operator()(const PodsReleased& e) const {
    for (const PodId& pod : e.pods) model.released.insert({e.due, pod});
  }

  void operator()(const PodsCollected& e) const {
    drop_released(e.pods);
    for (const PodId& pod : e.pods) want_removal(model, pod, true);
  }

  void operator()(const ArtifactsReleased& e) const {
    const auto found = model.runs.find(e.uid);
    RunSlot* slot = found != model.runs.end() ? &found->second : nullptr;
    if (slot != nullptr) unlink(model, *slot);
    for (const std::string& key : e.keys) {
      const bool asked = model.removed_artifacts.contains(key);
      want_artifact_removal(model, key);
      ArtifactRemoval& removal = model.removed_artifacts[key];
      if (slot == nullptr || removal.waiting.contains(e.uid)) continue;
      if ((asked ? removal.later : removal.waiting).insert(e.uid).second) ++slot->collecting;
    }
    if (slot != nullptr) link(model, *slot, wake_of(slot->run));
  }

  void operator()(const ArtifactForgotten& e) const {
    auto forgotten = model.removed_artifacts.extract(e.key);
    model.outstanding.remove(artifact_id(e.key));
    if (forgotten.empty()) return;
    for (const WorkflowUid& uid : forgotten.mapped().waiting) {
      RunSlot& slot = model.runs.at(uid);
      unlink(model, slot);
      --slot.collecting;
      link(model, slot, wake_of(slot.run));
    }
    if (forgotten.mapped().later.empty()) return;
    want_artifact_removal(model, e.key);
    model.removed_artifacts[e.key].waiting = std::move(forgotten.mapped().later);
  }

  void operator()(const ActTried& e) const { model.acts.tried({e.uid, e.node}, at); }

  void operator()(const ClaimForgotten& e) const {
    model.removed_claims.erase({e.ns, e.name});
    model.outstanding.remove(claim_id(e.ns, e.name));
  }

  void operator()(const TriggerCalled& e) const {
    Effect effect;
    effect.id = e.effect;
    effect.kind = e.seeks ? Effect::Kind::kSeekWorkflow : Effect::Kind::kCallTrigger;
    effect.ns = e.ns;
    effect.name = e.sensor;
    if (e.seeks) std::tie(effect.ns, effect.name) = sought_by(*e.seeks);
    model.calls.insert_or_assign(e.effect, e);
    model.outstanding.add(std::move(effect));
  }

  void operator()(const TriggerDone& e) const {
    model.calls.erase(e.effect);
    model.outstanding.remove(e.effect);
  }

  void drop_released(const std::vector<PodId>& pods) const {
    if (model.released.empty()) return;
    const std::set<PodId> gone(pods.begin(), pods.end());
    std::erase_if(model.released, [&](const auto& entry) { return gone.contains(entry.second); });
  }

  void wake_lock_waiters() const {
    std::vector<WorkflowUid> waiters;
    for (const auto& [uid, slot] : model.runs) {
      if (slot.stage != Stage::kRunning) continue;
      const auto* locks = find_object(slot.run.status(), "synchronization");
      if (locks != nullptr && find(*locks, "semaphore") != nullptr) waiters.push_back(uid);
    }
    for (const WorkflowUid& uid : waiters) wake_now(model, uid);
  }
};

}  // namespace

void restore_removal(Model& model, const PodId& pod, bool with_logs) {
  want_removal(model, pod, with_logs);
}

void apply_event(Model& model, const Event& event) {
  std::visit(Folder{model, event.at}, event.body);
}

}  // namespace slipway::engine
