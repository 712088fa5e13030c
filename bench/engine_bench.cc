// What the pure engine costs, with its facts encoded for the journal and its pods planned, and no
// journal and no pod: processor time of one thread.
//
//   engine_bench [ROUNDS]     a line for each measurement: NAME  VALUE
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "core/engine/engine.h"
#include "core/engine/event.h"
#include "core/engine/input.h"
#include "core/expr/exprlang/exprlang.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::engine {
namespace {

double processor_us() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

[[noreturn]] void fail(const std::string& why) {
  fmt::print(stderr, "engine_bench: {}\n", why);
  std::exit(1);
}

json::object workflow(int tasks, bool chain) {
  json::array list;
  for (int i = 0; i < tasks; ++i) {
    json::object task{{"name", fmt::format("t{}", i)}, {"template", "step"}};
    if (chain && i > 0) task["depends"] = fmt::format("t{}", i - 1);
    list.push_back(std::move(task));
  }
  const json::value step = {
      {"name", "step"}, {"container", {{"image", "busybox"}, {"command", json::array{"true"}}}}};
  json::object main{{"name", "main"}, {"dag", {{"tasks", std::move(list)}}}};
  return {{"apiVersion", "argoproj.io/v1alpha1"},
          {"kind", "Workflow"},
          {"metadata", {{"generateName", "bench-"}}},
          {"spec", {{"entrypoint", "main"}, {"templates", json::array{std::move(main), step}}}}};
}

// The driver's loop without its shell: every pod that is wanted succeeds in the next round.
class Loop {
 public:
  void submit(json::object object) {
    SubmitWorkflow submit;
    submit.workflow = std::move(object);
    const Reply reply = decide(std::move(submit));
    if (reply.error) fail(reply.error->text());
  }

  // Until no workflow is left; the number of pods that ran.
  size_t run() {
    size_t pods = 0;
    while (engine_.run_count() > 0) {
      tick();
      const std::vector<PodId> started = dispatch();
      if (started.empty() && engine_.run_count() > 0) fail("the engine wants nothing");
      for (const PodId& pod : started) {
        pod::PodReport report;
        report.id = pod;
        report.phase = pod::PodReport::Phase::kSucceeded;
        report.exit_code = 0;
        report.at = report.started_at = report.finished_at = now_;
        decide(PodReported{std::move(report)});
        tick();
      }
      pods += started.size();
    }
    return pods;
  }

 private:
  template <class Body>
  Reply decide(Body body) {
    Decision decision = engine_.decide({now_, ++entropy_, std::move(body)});
    for (const Event& event : decision.events) {
      bytes_ += encode(event).size();
      engine_.apply(event);
    }
    return std::move(decision.reply);
  }
  void tick() {
    for (auto wake = engine_.next_wake(); wake && *wake <= now_; wake = engine_.next_wake()) {
      decide(Tick{});
    }
  }
  std::vector<PodId> dispatch() {
    std::vector<PodId> started, removed;
    for (const Effect* effect : engine_.outstanding().after(seen_)) {
      if (effect->kind == Effect::Kind::kRemovePod) removed.push_back(effect->pod);
      if (effect->kind != Effect::Kind::kStartPod) continue;
      auto plan = engine_.plan_pod(*effect, now_);
      if (!plan.ok()) fail(plan.error().text());
      bytes_ += print_json(pod::to_json(*plan)).size();
      started.push_back(effect->pod);
    }
    seen_ = engine_.outstanding().last_sequence();
    for (const PodId& pod : removed) decide(PodRemoved{pod});
    return started;
  }

  Engine engine_{workflow::Settings{}};
  Time now_ = Time::from_seconds(1'790'000'000);
  uint64_t entropy_ = 0, seen_ = 0;
  size_t bytes_ = 0;
};

double us_a_pod(int workflows, int tasks, bool chain, int rounds) {
  std::vector<double> took;
  for (int round = 0; round < rounds; ++round) {
    Loop loop;
    const double began = processor_us();
    for (int i = 0; i < workflows; ++i) loop.submit(workflow(tasks, chain));
    const size_t pods = loop.run();
    if (pods != static_cast<size_t>(workflows) * static_cast<size_t>(tasks))
      fail("pods are missing");
    took.push_back((processor_us() - began) / static_cast<double>(pods));
  }
  std::ranges::sort(took);
  return took[took.size() / 2];
}

double ns_a_run(const std::string& source, const json::object& env) {
  const auto program = expr::Program::compile(source);
  if (!program.ok()) fail(program.error().text());
  constexpr int kRuns = 20'000;
  const double began = processor_us();
  for (int i = 0; i < kRuns; ++i) {
    if (!program->run(env).ok()) fail(source);
  }
  return (processor_us() - began) * 1e3 / kRuns;
}

void expressions() {
  json::array numbers;
  for (int i = 1; i <= 100; ++i) numbers.push_back(i);
  const json::object env{{"Origin", "MOW"},
                         {"Country", "RU"},
                         {"Adults", 1},
                         {"Value", 100},
                         {"numbers", std::move(numbers)},
                         {"name", "/groups/foo/bar"}};
  const std::vector<std::pair<const char*, const char*>> sources{
      {"compare", R"((Origin == "MOW" || Country == "RU") && (Value >= 100 || Adults == 1))"},
      {"prefix", R"(name startsWith "/groups/" + "foo")"},
      {"filter", "filter(numbers, # % 7 == 0)"},
      {"map", "map(numbers, # * 2)"},
      {"count", "count(numbers, # > 50)"}};
  for (const auto& [name, source] : sources) {
    fmt::print("expression {}  {:.0f} ns\n", name, ns_a_run(source, env));
  }
}

}  // namespace
}  // namespace slipway::engine

int main(int argc, char** argv) {
  using namespace slipway::engine;
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  for (const bool chain : {false, true}) {
    for (const int tasks : {100, 300, 1000, 3000, 10'000, 30'000}) {
      fmt::print("dag {} of {}  {:.1f} us a task\n", chain ? "chain" : "wide", tasks,
                 us_a_pod(1, tasks, chain, tasks > 1000 ? std::min(rounds, 3) : rounds));
      std::fflush(stdout);
    }
  }
  fmt::print("1000 workflows of 10  {:.1f} us a node\n",
             us_a_pod(1000, 10, false, std::min(rounds, 3)));
  expressions();
  return 0;
}
