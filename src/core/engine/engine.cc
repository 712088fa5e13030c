#include "core/engine/engine.h"

#include "core/engine/model.h"
#include "core/workflow/artifact_place.h"

namespace slipway::engine {
namespace {

struct Decider {
  const Model& model;
  const Input& input;

  Decision operator()(const ReceiveEvent& body) const { return decide_receive(model, input, body); }
  Decision operator()(const ReceiveBound& body) const { return decide_receive(model, input, body); }
  Decision operator()(const ReplayEvent& body) const { return decide_replay(model, input, body); }
  Decision operator()(const ApplyResource& body) const { return decide_apply(model, input, body); }
  Decision operator()(const DeleteResource& body) const {
    return decide_delete(model, input, body);
  }
  Decision operator()(const SubmitWorkflow& body) const {
    return decide_submit(model, input, body);
  }
  Decision operator()(const OperateWorkflow& body) const {
    return decide_operate(model, input, body);
  }
  Decision operator()(const RetryWorkflow& body) const { return decide_retry(model, input, body); }
  Decision operator()(const ResubmitWorkflow& body) const {
    return decide_resubmit(model, input, body);
  }
  Decision operator()(const DeleteWorkflow& body) const {
    return decide_delete(model, input, body);
  }
  Decision operator()(const PodReported& body) const { return decide_report(model, input, body); }
  Decision operator()(const PodRemoved& body) const { return decide_removed(model, input, body); }
  Decision operator()(const ClaimRemoved& body) const { return decide_removed(model, input, body); }
  Decision operator()(const ArtifactRemoved& body) const {
    return decide_removed(model, input, body);
  }
  Decision operator()(const ArtifactsRead& body) const { return decide_answer(model, input, body); }
  Decision operator()(const RequestAnswered& body) const {
    return decide_answer(model, input, body);
  }
  Decision operator()(const TriggerAnswered& body) const {
    return decide_answer(model, input, body);
  }
  Decision operator()(const WorkflowSought& body) const {
    return decide_answer(model, input, body);
  }
  Decision operator()(const SetSyncLimit& body) const {
    return decide_sync_limit(model, input, body);
  }
  Decision operator()(const Tick&) const { return decide_tick(model, input); }
};

Error not_outstanding(const Effect& effect) {
  return {ErrorCode::kNotFound, "effect " + effect.id.value + " is no longer outstanding", ""};
}

}  // namespace

Engine::Engine(workflow::Settings settings) : state_(new State(std::move(settings))) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

Decision Engine::decide(const Input& input) const {
  return std::visit(Decider{*state_, input}, input.body);
}

void Engine::apply(const Event& event) { apply_event(*state_, event); }

const EffectSet& Engine::outstanding() const { return state_->outstanding; }
std::optional<Time> Engine::next_wake() const { return next_tick(*state_); }

Result<pod::PodPlan> Engine::plan_pod(const Effect& effect, Time now) const {
  const auto at = state_->runs.find(effect.workflow);
  if (at == state_->runs.end()) return not_outstanding(effect);
  return workflow::plan_pod(at->second.run, effect.node, world_of(*state_, now, 0));
}

Result<workflow::PlannedRequest> Engine::plan_request(const Effect& effect, Time now) const {
  const auto at = state_->runs.find(effect.workflow);
  if (at == state_->runs.end()) return not_outstanding(effect);
  return workflow::plan_request(at->second.run, effect.node, world_of(*state_, now, 0));
}

Result<workflow::ReadPlan> Engine::plan_read(const Effect& effect, Time now) const {
  const auto at = state_->runs.find(effect.workflow);
  if (at == state_->runs.end()) return not_outstanding(effect);
  return workflow::plan_read(at->second.run, effect.node, world_of(*state_, now, 0));
}

Result<pod::ArtifactLocation> Engine::plan_removal(const Effect& effect) const {
  return workflow::location_at(state_->catalog, effect.name);
}

const sensor::CallHttp* Engine::find_trigger_call(const EffectId& id) const {
  const auto at = state_->calls.find(id);
  return at == state_->calls.end() ? nullptr : &at->second.call;
}

const manifest::Catalog& Engine::catalog() const { return state_->catalog; }
const workflow::Settings& Engine::settings() const { return state_->settings; }

const workflow::Run* Engine::find_run(const WorkflowUid& uid) const {
  const auto at = state_->runs.find(uid);
  return at == state_->runs.end() ? nullptr : &at->second.run;
}

const workflow::Run* Engine::find_run(std::string_view ns, std::string_view name) const {
  const RunSlot* slot = find_slot(*state_, ns, name);
  return slot == nullptr ? nullptr : &slot->run;
}

void Engine::for_each_run(const std::function<void(const workflow::Run&)>& visit) const {
  for (const auto& [uid, slot] : state_->runs) visit(slot.run);
}

size_t Engine::run_count() const { return state_->runs.size(); }
size_t Engine::recalled_count() const { return state_->recalled; }

std::string Engine::snapshot() const { return write_snapshot(*state_); }

Result<Engine> Engine::restore(std::string_view snapshot, workflow::Settings settings) {
  Engine engine(std::move(settings));
  TRY(read_snapshot(*engine.state_, snapshot));
  return engine;
}

}  // namespace slipway::engine
