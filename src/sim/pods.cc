#include "sim/pods.h"

#include <fmt/format.h>

namespace slipway::sim {
namespace {

using Phase = pod::PodReport::Phase;

constexpr Duration kVeryLong = Duration::seconds(4 * 3600);

// `say TEXT`, or a script of `say`, prints its text.
std::string printed_by(const pod::PodPlan& plan) {
  for (const pod::Container& container : plan.containers) {
    if (container.role != pod::Container::Role::kMain || container.command.empty() ||
        container.command.front() != "say") {
      continue;
    }
    if (container.script_source) return *container.script_source;
    if (!container.args.empty()) return container.args.front();
  }
  return "done";
}

}  // namespace

void SimPods::start(pod::PodPlan plan) {
  world_.await_point("before a pod starts");
  const PodId id = plan.id;
  const engine::Effect* wanted = journal_.shadow().outstanding().find(engine::start_id(id));
  if (wanted == nullptr) {
    world_.violation(4, fmt::format("pod {} starts before it is durable that it shall", id.value));
  }
  if (pods_.contains(id) && world_.mutation != Mutation::kForgetPods) return adopt(id);
  Pod& pod = pods_[id];
  pod.grace = plan.grace;
  pod.daemon = plan.daemon;
  pod.prints = printed_by(plan);
  for (const pod::OutputParameter& output : plan.output_parameters) {
    pod.parameters[output.name] = output.fallback.value_or("7");
  }
  for (const pod::OutputArtifact& output : plan.output_artifacts) {
    pod.saves.push_back({output.name, output.location.key});
  }
  begin(id);
  world_.await_point("after a pod started");
}

void SimPods::adopt(const PodId& id) {
  const auto at = pods_.find(id);
  if (at != pods_.end() && world_.mutation == Mutation::kForgetPods) return begin(id);
  world_.trace("adopt " + id.value);
  if (at != pods_.end()) return tell(at->second.report);
  pod::PodReport gone;
  gone.id = id;
  gone.phase = Phase::kGone;
  gone.at = gone.finished_at = world_.now();
  tell(gone);
}

void SimPods::begin(const PodId& id) {
  if (++started_[id] > 1 && !vanished_.contains(id)) {
    world_.violation(3, fmt::format("pod {} was started {} times", id.value, started_[id]));
  }
  world_.trace("start " + id.value);
  Pod& pod = pods_.at(id);
  pod.life = ++lives_;
  pod.report = {};
  pod.report.id = id;
  pod.report.at = world_.now();
  const Duration work = Duration::milliseconds(static_cast<int64_t>(world_.between(1, 60'000)));
  plan_report(id, Duration::milliseconds(static_cast<int64_t>(world_.between(0, 500))),
              Phase::kRunning, 0);
  if (pod.daemon) {
    plan_report(id, Duration::milliseconds(static_cast<int64_t>(world_.between(500, 5000))),
                Phase::kReady, 0);
  }
  if (world_.chance(world_.faults.pod_lies)) lie(id);
  if (world_.chance(world_.faults.pod_vanishes)) {
    world_.later(work, [this, id, life = pod.life] {
      const auto at = pods_.find(id);
      if (at == pods_.end() || at->second.life != life || pod::is_final(at->second.report.phase)) {
        return;
      }
      pods_.erase(at);
      vanished_.insert(id);
      world_.trace("vanish " + id.value);
      pod::PodReport gone;
      gone.id = id;
      gone.phase = Phase::kGone;
      gone.message = "pod deleted";
      gone.at = gone.finished_at = world_.now();
      tell(gone);
    });
    return;
  }
  if (world_.chance(world_.faults.pod_hangs)) {
    plan_report(id, kVeryLong, Phase::kSucceeded, 0);
    return;
  }
  const bool fails = world_.chance(world_.faults.pod_fails);
  plan_report(id, work + Duration::seconds(1), fails ? Phase::kFailed : Phase::kSucceeded,
              fails ? 1 : 0);
}

void SimPods::plan_report(const PodId& id, Duration delay, Phase phase, int exit_code) {
  const uint64_t life = pods_.at(id).life;
  world_.later(delay, [this, id, life, phase, exit_code] {
    const auto at = pods_.find(id);
    if (at == pods_.end() || at->second.life != life || pod::is_final(at->second.report.phase)) {
      return;
    }
    pod::PodReport& report = at->second.report;
    report.phase = phase;
    report.at = world_.now();
    if (phase == Phase::kRunning) report.started_at = world_.now();
    if (phase == Phase::kReady) report.pod_ip = "10.0.0.7";
    if (pod::is_final(phase)) {
      report.finished_at = world_.now();
      report.exit_code = exit_code;
      if (exit_code != 0) report.message = fmt::format("main: Error (exit code {})", exit_code);
      if (exit_code == 0) report.result = at->second.prints;
      report.parameters = at->second.parameters;
      report.artifacts = at->second.saves;
      artifacts_.note(report);
    }
    world_.trace(fmt::format("report {} {}", id.value, pod::to_string(phase)));
    const pod::PodReport said = report;
    tell(said);
    if (world_.chance(world_.faults.pod_lies)) {
      tell(said);  // twice
      world_.later(Duration::seconds(static_cast<int64_t>(world_.between(1, 100))),
                   [this, said] { tell(said); });  // and late
    }
  });
}

void SimPods::lie(const PodId& id) {
  const auto wait = Duration::seconds(static_cast<int64_t>(world_.between(0, 90)));
  world_.later(wait, [this, id] {
    pod::PodReport report;
    report.id = id;
    report.phase = Phase::kRunning;  // perhaps after its end
    report.at = world_.now();
    tell(report);
    report.id = PodId("never-was-" + id.value);
    report.phase = Phase::kSucceeded;
    tell(report);
  });
}

void SimPods::tell(const pod::PodReport& report) {
  if (sink_) sink_(report);
}

void SimPods::stop(const PodId& id) {
  world_.await_point("before a pod is stopped");
  if (journal_.shadow().outstanding().find(engine::stop_id(id)) == nullptr) {
    world_.violation(4, fmt::format("pod {} is stopped before that is durable", id.value));
  }
  const auto at = pods_.find(id);
  if (at == pods_.end()) return;
  world_.trace("stop " + id.value);
  const int64_t most = std::max<int64_t>(1, at->second.grace.to_milliseconds());
  plan_report(
      id,
      Duration::milliseconds(static_cast<int64_t>(world_.between(1, static_cast<uint64_t>(most)))),
      Phase::kFailed, 143);
}

void SimPods::remove(const PodId& id) {
  world_.await_point("before a pod is removed");
  if (journal_.shadow().outstanding().find(engine::start_id(id)) != nullptr) {
    world_.violation(4, fmt::format("pod {} is removed while it is wanted", id.value));
  }
  world_.trace("remove " + id.value);
  pods_.erase(id);
}

std::vector<PodId> SimPods::list() {
  std::vector<PodId> ids;
  for (const auto& [id, pod] : pods_) ids.push_back(id);
  return ids;
}

Status SimPods::remove_claim(const std::string&, const std::string&) { return {}; }

}  // namespace slipway::sim
