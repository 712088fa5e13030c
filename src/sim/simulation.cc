#include "sim/simulation.h"

#include <fmt/format.h>

#include <memory>

#include "sim/check.h"
#include "sim/http.h"
#include "sim/pods.h"
#include "sim/store.h"
#include "sim/workload.h"

namespace slipway::sim {
namespace {

constexpr Duration kBusyTime = Duration::seconds(1800);       // with faults
constexpr Duration kCalmTime = Duration::seconds(24 * 3600);  // within which all must come to rest

class Simulation {
 public:
  Simulation(uint64_t seed, SimulationOptions options)
      : world_(seed, options.mutation),
        journal_(world_, settings_),
        artifacts_(world_, journal_),
        pods_(world_, journal_, artifacts_),
        http_(world_, journal_),
        workload_(world_, journal_, [this] { return driver_.get(); }) {
    world_.loud = options.loud;
    settings_.parallelism = static_cast<int64_t>(world_.between(0, 4));
  }

  Outcome run() {
    boot();
    workload_.plan();
    guarded([&] { work(); });
    const Duration busy_until = world_.monotonic() + kBusyTime;
    while (world_.monotonic() < busy_until) {
      turn();
      if (world_.chance(world_.faults.clock_jumps)) jump();
    }
    world_.calm = true;
    world_.trace("calm");
    const Duration give_up = world_.monotonic() + kCalmTime;
    while (world_.monotonic() < give_up && !at_rest()) {
      workload_.resume_all();
      turn();
    }
    finish();
    Outcome outcome;
    outcome.violations = world_.violations;
    outcome.fingerprint = world_.fingerprint;
    outcome.crashes = world_.crashes;
    outcome.commits = journal_.commits();
    outcome.events = journal_.events().size();
    outcome.workflows = journal_.created();
    outcome.pods = pods_.started();
    outcome.requests = http_.sent();
    for (const auto& [uid, row] : journal_.finished()) {
      if (row.phase == "Succeeded")
        outcome.succeeded.insert(row.name.substr(0, row.name.rfind('-')));
    }
    return outcome;
  }

 private:
  // Moves time to whatever comes next, lets it happen, and lets the server deal with it.
  void turn() {
    Duration delay = Duration::seconds(60);
    if (world_.anything_later()) delay = std::min(delay, world_.next_delay());
    if (driver_ != nullptr) {
      if (const auto wake = driver_->next_wake()) {
        delay = std::min(delay, std::max(Duration{}, *wake - world_.now()));
      }
    }
    world_.advance(delay);
    guarded([&] {
      // Several things may happen before the server looks, so that a commit carries more than one.
      while (world_.run_next()) {
        if (world_.between(0, 2) == 0) break;
      }
      work();
    });
  }

  void work() {
    constexpr int kMostSteps = 10'000;
    for (int i = 0; driver_ != nullptr && i < kMostSteps; ++i) {
      if (!driver_->step()) return;
    }
    if (driver_ != nullptr) world_.violation(8, "the driver never comes to rest");
  }

  template <class Doing>
  void guarded(Doing doing) {
    try {
      doing();
    } catch (const Crash&) {
      down();
    }
  }

  void down() {
    pods_.connect(nullptr);
    driver_.reset();
    journal_.lose_unsynced();
    const auto outage = Duration::seconds(static_cast<int64_t>(world_.between(0, 120)));
    world_.later(outage, [this] { boot(); });
  }

  void boot() {
    guarded([&] {
      world_.trace("boot");
      server::DriverOptions options;
      options.mailbox = 256;
      options.max_parallel_pods = world_.between(1, 6);
      options.snapshot_records = world_.between(20, 200);
      driver_ = std::make_unique<server::Driver>(
          server::Ports{world_, world_, journal_, journal_, pods_, logs_, http_, artifacts_,
                        journal_.finished_store()},
          settings_, options);
      pods_.connect(driver_->report_sink());
      const Status recovered = driver_->recover();
      if (!recovered.ok()) {
        world_.violation(3, "the server does not start again: " + recovered.error().text());
        driver_.reset();
      }
    });
  }

  void jump() {
    const auto seconds = static_cast<int64_t>(world_.between(0, 1200)) - 600;
    world_.trace(fmt::format("clock jumps {} s", seconds));
    world_.jump_clock(Duration::seconds(seconds));
  }

  bool at_rest() const {
    if (driver_ == nullptr || !workload_.settled()) return false;
    return driver_->engine().run_count() == 0;
  }

  void finish() {
    if (driver_ == nullptr) {
      world_.violation(3, "the server is down at the end");
      return;
    }
    check_liveness(world_, *driver_, workload_);
    driver_->shut_down();
    check_end(world_, settings_, journal_, pods_, workload_, *driver_);
    check_artifacts(world_, journal_, artifacts_);
    driver_.reset();
  }

  World world_;
  workflow::Settings settings_;
  SimJournal journal_;
  FarArtifacts artifacts_;
  SimPods pods_;
  SimHttp http_;
  SimLogs logs_;
  std::unique_ptr<server::Driver> driver_;
  Workload workload_;
};

}  // namespace

Outcome simulate(uint64_t seed, SimulationOptions options) {
  return Simulation(seed, options).run();
}

}  // namespace slipway::sim
