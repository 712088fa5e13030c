// The pure engine, with nothing around it but the journal that it could be rebuilt from.
#include <fmt/format.h>

#include <set>

#include "core/engine/engine.h"
#include "core/task/task.h"
#include "server/row.h"
#include "server/sought.h"
#include "sim/finished.h"
#include "sim/scenario/stage.h"
#include "sim/store.h"

namespace slipway::sim::scenario {
namespace {

using engine::Effect;

constexpr int kMostTicks = 200'000;

class EngineStage : public Stage {
 public:
  EngineStage(workflow::Settings settings, bool restless)
      : settings_(std::move(settings)), restless_(restless), engine_(settings_) {}

  std::string_view name() const override { return restless_ ? "engine-restarted" : "engine"; }

  engine::Reply post(server::InputBody body) override {
    if (restless_) restart();
    engine::Reply reply = decide(std::move(body));
    settle();
    return reply;
  }
  void report(pod::PodReport report) override {
    artifacts_.note(report);
    post(engine::PodReported{std::move(report)});
  }
  void answer(size_t index, Result<port::HttpResponse> response) override;
  void refuse_removals(std::string refusal) override { artifacts_.refusal = std::move(refusal); }
  void advance_to(Time time) override;
  void restart() override;
  void down(Duration time) override {
    now_ = now_ + time;
    restart();
  }
  std::vector<StagePod> pods() const override;
  std::vector<port::HttpRequest> requests() const override;
  Time now() const override { return now_; }
  const engine::Engine& engine() const override { return engine_; }
  const Book& book() const override { return book_; }
  std::vector<std::string> complaints() const override;

 private:
  engine::Reply decide(server::InputBody body);
  bool tick();
  engine::ArtifactsRead read(const Effect& effect);
  bool carry_out();  // what needs no scenario: removals, and what can not be started at all
  void settle();
  engine::Engine replayed() const;
  std::vector<const Effect*> effects(Effect::Kind kind) const;
  std::vector<const Effect*> calls() const;

  workflow::Settings settings_;
  bool restless_;
  engine::Engine engine_;
  Book book_;
  SimArtifacts artifacts_;
  FinishedRows finished_;
  std::vector<std::string> journal_;
  std::vector<std::string> complaints_;
  std::set<EffectId> begun_;             // requests
  std::map<PodId, pod::PodPlan> plans_;  // of the pods that were started; they outlive a restart
  Time now_ = kFirstTime;
  uint64_t entropy_ = 0;
};

engine::Reply EngineStage::decide(server::InputBody body) {
  engine::Decision decision = engine_.decide({now_, ++entropy_, std::move(body)});
  for (const engine::Event& event : decision.events) {
    std::vector<port::RowChange> rows;
    server::add_rows(engine_, event, rows);
    for (const port::RowChange& row : rows) book_.note(row), finished_.note(row);
    book_.note(event);
    journal_.push_back(engine::encode(event));
    const auto back = engine::decode(journal_.back());
    if (back.ok()) {
      engine_.apply(*back);
    } else {
      complaints_.push_back("a record can not be read back: " + back.error().text());
    }
  }
  return std::move(decision.reply);
}

bool EngineStage::tick() {
  const auto wake = engine_.next_wake();
  if (!wake || *wake > now_) return false;
  const size_t before = journal_.size();
  decide(engine::Tick{});
  return journal_.size() > before;
}

engine::ArtifactsRead EngineStage::read(const Effect& effect) {
  engine::ArtifactsRead answer{effect.workflow, {}};
  answer.result.node = effect.node;
  const auto plan = engine_.plan_read(effect, now_);
  if (!plan.ok()) {
    answer.result.error = plan.error().text();
  } else if (plan->what == workflow::ReadPlan::What::kFinished) {
    auto finished = server::read_sought(finished_, plan->sought);
    if (finished.ok()) answer.result.finished = std::move(*finished);
    if (!finished.ok()) answer.result.error = finished.error().text();
  } else if (plan->what == workflow::ReadPlan::What::kKeys) {
    artifacts_.list(plan->from.location, [&](auto keys) { answer.result.keys = std::move(*keys); });
  } else {
    artifacts_.read_text(plan->from, [&](auto text) { answer.result.error = text.error().text(); });
  }
  return answer;
}

bool EngineStage::carry_out() {
  for (const auto& [sequence, effect] : engine_.outstanding().all()) {
    if (effect.kind == Effect::Kind::kRemovePod) {
      decide(engine::PodRemoved{effect.pod});
      return true;
    }
    if (effect.kind == Effect::Kind::kRemoveClaim) {
      decide(engine::ClaimRemoved{effect.ns, effect.name});
      return true;
    }
    if (effect.kind == Effect::Kind::kRemoveArtifact) {
      const std::string address = effect.name;
      const auto artifact = engine_.plan_removal(effect);
      Status removed = artifact.ok() ? Status{} : Status(artifact.error());
      if (artifact.ok()) artifacts_.remove(*artifact, [&](Status said) { removed = said; });
      decide(engine::ArtifactRemoved{address, removed.ok() ? "" : removed.error().text()});
      return true;
    }
    if (effect.kind == Effect::Kind::kReadArtifacts) {
      decide(read(effect));
      return true;
    }
    if (effect.kind == Effect::Kind::kSeekWorkflow) {
      decide(server::seek(finished_, effect));
      return true;
    }
    if (effect.kind == Effect::Kind::kStartPod && !plans_.contains(effect.pod)) {
      auto plan = engine_.plan_pod(effect, now_);
      if (plan.ok()) {
        plans_.emplace(effect.pod, std::move(*plan));
        continue;
      }
      pod::PodReport report;
      report.id = effect.pod;
      report.phase = pod::PodReport::Phase::kError;
      report.message = plan.error().text();
      report.reason = "PlanFailed";
      report.at = report.finished_at = now_;
      decide(engine::PodReported{std::move(report)});
      return true;
    }
    if (effect.kind == Effect::Kind::kSendRequest && begun_.insert(effect.id).second) {
      const auto planned = engine_.plan_request(effect, now_);
      if (planned.ok() && !planned->nothing_to_do) continue;
      engine::RequestAnswered answer{effect.workflow, {effect.node, effect.attempt}};
      if (planned.ok()) {
        answer.result.ok = true;
        answer.result.status = 204;
        answer.result.headers = {{std::string(task::kNothingToDoHeader), *planned->nothing_to_do}};
      } else {
        answer.result.error = planned.error().text();
        answer.result.permanent = true;  // as the dispatcher has it
      }
      decide(std::move(answer));
      return true;
    }
  }
  return false;
}

void EngineStage::settle() {
  for (int i = 0; i < kMostTicks; ++i) {
    if (!tick() && !carry_out()) return;
  }
  complaints_.push_back("the engine never comes to rest");
}

void EngineStage::advance_to(Time time) {
  if (restless_) restart();
  for (int i = 0; i < kMostTicks; ++i) {
    settle();
    const auto wake = engine_.next_wake();
    if (!wake || *wake > time || *wake <= now_) break;
    now_ = *wake;
  }
  now_ = time;
  settle();
}

engine::Engine EngineStage::replayed() const {
  engine::Engine engine(settings_);
  for (const std::string& record : journal_) {
    const auto event = engine::decode(record);
    if (event.ok()) engine.apply(*event);
  }
  return engine;
}

void EngineStage::restart() {
  auto restored = engine::Engine::restore(engine_.snapshot(), settings_);
  if (!restored.ok()) {
    complaints_.push_back("a snapshot can not be restored: " + restored.error().text());
    return;
  }
  engine_ = std::move(*restored);
  begun_.clear();
  settle();
}

std::vector<const Effect*> EngineStage::effects(Effect::Kind kind) const {
  std::vector<const Effect*> found;
  for (const auto& [sequence, effect] : engine_.outstanding().all()) {
    if (effect.kind == kind) found.push_back(&effect);
  }
  return found;
}

std::vector<StagePod> EngineStage::pods() const {
  std::vector<StagePod> pods;
  for (const Effect* effect : effects(Effect::Kind::kStartPod)) {
    const bool stopping = engine_.outstanding().find(engine::stop_id(effect->pod)) != nullptr;
    pods.push_back({plans_.at(effect->pod), stopping});
  }
  return pods;
}

std::vector<const Effect*> EngineStage::calls() const {
  std::vector<const Effect*> found;
  for (const auto& [sequence, effect] : engine_.outstanding().all()) {
    if (effect.kind == Effect::Kind::kSendRequest || effect.kind == Effect::Kind::kCallTrigger) {
      found.push_back(&effect);
    }
  }
  return found;
}

std::vector<port::HttpRequest> EngineStage::requests() const {
  std::vector<port::HttpRequest> requests;
  for (const Effect* effect : calls()) {
    port::HttpRequest request;
    if (effect->kind == Effect::Kind::kCallTrigger) {
      const sensor::CallHttp* call = engine_.find_trigger_call(effect->id);
      request.method = call->method;
      request.url = call->url;
      request.headers = call->headers;
      request.body = call->body;
    } else if (auto planned = engine_.plan_request(*effect, now_); planned.ok()) {
      request.method = planned->method;
      request.url = planned->url;
      request.headers = planned->headers;
      request.body = planned->body;
    }
    requests.push_back(std::move(request));
  }
  return requests;
}

void EngineStage::answer(size_t index, Result<port::HttpResponse> response) {
  const Effect effect = *calls().at(index);
  if (effect.kind == Effect::Kind::kCallTrigger) {
    const std::vector<int> allowed = engine_.find_trigger_call(effect.id)->allowed_status;
    engine::TriggerAnswered answered{effect.id};
    if (response.ok()) {
      answered.status = response->status;
      answered.ok = allowed.empty() ||
                    std::find(allowed.begin(), allowed.end(), response->status) != allowed.end();
    } else {
      answered.error = response.error().text();
    }
    post(std::move(answered));
    return;
  }
  engine::RequestAnswered answered{effect.workflow, {effect.node, effect.attempt}};
  if (response.ok()) {
    answered.result.ok = true;
    answered.result.status = response->status;
    answered.result.headers = response->headers;
    answered.result.body = response->body;
  } else {
    answered.result.error = response.error().text();
  }
  post(std::move(answered));
}

std::vector<std::string> EngineStage::complaints() const {
  std::vector<std::string> all = complaints_;
  if (replayed().snapshot() != engine_.snapshot()) {
    all.emplace_back("replaying the journal does not lead to the same state");
  }
  return all;
}

}  // namespace

std::unique_ptr<Stage> make_engine_stage(workflow::Settings settings, bool restless) {
  return std::make_unique<EngineStage>(std::move(settings), restless);
}

}  // namespace slipway::sim::scenario
