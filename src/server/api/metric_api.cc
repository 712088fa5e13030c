// /metrics: what was measured so far, and what there is now (spec a16).
#include <map>

#include "core/engine/phase_sample.h"
#include "server/api/api.h"
#include "server/metric.h"

namespace slipway::server {
namespace {

using workflow::Sample;

// Gauges of one look at the engine.
class Present {
 public:
  void set(const std::string& name, const std::string& help, engine::Labels labels, double value) {
    Sample sample = engine::count_sample(name, help, std::move(labels));
    sample.kind = Sample::Kind::kSet;
    sample.value = value;
    samples_.push_back(std::move(sample));
  }
  std::string text(Time now) const {
    MetricRegistry registry;
    registry.add(samples_);
    return registry.text(now);
  }

 private:
  std::vector<Sample> samples_;
};

void set_workflows(const engine::Engine& engine, Present& present) {
  std::map<std::string, int> phases;
  engine.for_each_run([&](const workflow::Run& run) {
    const std::string phase(to_string(run.phase()));
    ++phases[phase.empty() ? "Pending" : phase];
  });
  for (const auto& [phase, count] : phases) {
    present.set("gauge", "Number of live workflows by phase.", {{"phase", phase}}, count);
  }
}

void set_pods(const engine::Engine& engine, Present& present) {
  std::map<std::string, int> phases{{"Pending", 0}, {"Running", 0}};
  std::set<WorkflowUid> running, others;
  for (const auto& [sequence, effect] : engine.outstanding().all()) {
    if (effect.kind != engine::Effect::Kind::kStartPod) continue;
    const workflow::Run* run = engine.find_run(effect.workflow);
    const workflow::Node* node = run != nullptr ? run->find_node(effect.node) : nullptr;
    const bool runs = node != nullptr && node->phase == workflow::Phase::kRunning;
    ++phases[runs ? "Running" : "Pending"];
    if (runs) running.insert(effect.workflow);
  }
  engine.for_each_run([&](const workflow::Run& run) {
    if (run.phase() == workflow::Phase::kRunning && !running.contains(run.uid())) {
      others.insert(run.uid());
    }
  });
  for (const auto& [phase, count] : phases) {
    present.set("pods_gauge", "Number of pods by phase.", {{"phase", phase}}, count);
  }
  const std::string help = "Number of workflows by condition.";
  present.set("workflow_condition", help, {{"type", "PodRunning"}, {"status", "true"}},
              static_cast<double>(running.size()));
  present.set("workflow_condition", help, {{"type", "PodRunning"}, {"status", "false"}},
              static_cast<double>(others.size()));
}

void set_locks(const engine::Engine& engine, Present& present) {
  std::map<std::pair<std::string, std::string>, int> held, pending;
  engine.for_each_run([&](const workflow::Run& run) {
    if (run.phase() == workflow::Phase::kNone) return;  // a queued run is text yet
    const json::object* locks = find_object(run.status(), "synchronization");
    if (locks == nullptr) return;
    for (const auto& [lock, holders] : engine::lock_use(*locks, "holding")) {
      held[lock] += static_cast<int>(holders.size());
      pending.try_emplace(lock, 0);
    }
    for (const auto& [lock, waiters] : engine::lock_use(*locks, "waiting")) {
      pending[lock] += static_cast<int>(waiters.size());
      held.try_emplace(lock, 0);
    }
  });
  for (const auto& [lock, count] : held) {
    present.set("locks_held", "Number of holders of each lock.",
                engine::lock_labels(lock.first, lock.second), count);
  }
  for (const auto& [lock, count] : pending) {
    present.set("locks_pending", "Number of those who wait for each lock.",
                engine::lock_labels(lock.first, lock.second), count);
  }
}

std::string present_text(const engine::Engine& engine, Time now) {
  Present present;
  set_workflows(engine, present);
  set_pods(engine, present);
  set_locks(engine, present);
  present.set("is_leader", "1: this server runs workflows.", {}, 1);
  present.set("version", "The release.",
              {{"version", "v" SLIPWAY_VERSION}, {"platform", kPlatform}}, 1);
  return present.text(now);
}

void send_metrics(const ApiContext& context, const Exchange& exchange) {
  const Time now = context.clock.now();
  context.access.query(
      [responder = exchange.responder, now,
       measured = context.access.metrics().text(now)](const engine::Engine& engine) {
        const std::string outstanding =
            "# HELP slipway_effects_outstanding What the world still owes the engine.\n"
            "# TYPE slipway_effects_outstanding gauge\nslipway_effects_outstanding " +
            std::to_string(engine.outstanding().size()) + "\n";
        responder->send({200,
                         {{"Content-Type", "text/plain; version=0.0.4"}},
                         present_text(engine, now) + outstanding + measured});
      });
}

}  // namespace

void add_metric_routes(Router& router, const ApiContext& context) {
  router.add("GET", "/metrics",
             [context](const Exchange& exchange) { send_metrics(context, exchange); });
}

}  // namespace slipway::server
