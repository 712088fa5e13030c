// Property: workflows that share locks and parallelism all come to an end, in whatever order their
// pods end and whenever the server is started anew, and the limits hold at every moment (spec rules
// 61 and 62). Locks are ordered (the workflow's, those of groups by their depth, those of leaves),
// so that none of them can be a deadlock of its author's.
#include <fmt/format.h>

#include "base/random.h"
#include "core/engine/engine_fixture.h"

namespace slipway::engine {
namespace {

constexpr int kLeaves = 4;

class ProgressTest : public EngineFixture {
 protected:
  std::string lock_of(Random& random, const std::string& mutexes) {
    if (random.below(2) == 0) return "";
    if (random.below(2) == 0) {
      return fmt::format(", synchronization: {{mutexes: [{{name: {}{}}}]}}", mutexes,
                         random.below(2));
    }
    return fmt::format(
        ", synchronization: {{semaphores: [{{configMapKeyRef: {{name: limits, key: {}{}}}}}]}}",
        mutexes, random.below(2));
  }

  std::string leaf(Random& random, int number) {
    std::string text = fmt::format("  - {{name: leaf{}, container: {{image: b}}", number);
    text += lock_of(random, "m");
    if (random.below(3) == 0) {
      text += ", retryStrategy: {limit: 1";
      text += random.below(2) == 0 ? "}" : ", backoff: {duration: 5s}}";
    }
    return text + "}\n";
  }

  std::string call(Random& random, int depth, const std::string& name) {
    const std::string target = depth < 2 && random.below(2) == 0
                                   ? fmt::format("group{}", depth + 1)
                                   : fmt::format("leaf{}", random.below(kLeaves));
    std::string text = fmt::format("{{name: {}, template: {}", name, target);
    if (random.below(4) == 0) text += ", withItems: [1, 2, 3]";
    if (random.below(3) == 0) text += ", hooks: {exit: {template: leaf0}}";
    return text;
  }

  // Steps or a dag of calls to leaves and to the group one deeper.
  std::string group(Random& random, int depth) {
    const bool steps = random.below(2) == 0;
    std::string text = fmt::format("  - name: group{}\n", depth);
    if (random.below(3) == 0) text += fmt::format("    parallelism: {}\n", 1 + random.below(2));
    if (const std::string lock = lock_of(random, fmt::format("g{}", depth)); !lock.empty()) {
      text += "    " + lock.substr(2) + "\n";
    }
    text += steps ? "    steps:\n" : "    dag:\n      tasks:\n";
    for (size_t i = 0, count = 1 + random.below(3); i < count; ++i) {
      std::string one = call(random, depth, fmt::format("t{}", i));
      one += ", continueOn: {failed: true, error: true}";
      if (!steps && i > 0 && random.below(2) == 0)
        one += fmt::format(", dependencies: [t{}]", i - 1);
      text += steps ? fmt::format("    - - {}}}\n", one) : fmt::format("      - {}}}\n", one);
    }
    return text;
  }

  std::string workflow(Random& random, size_t number) {
    std::string text =
        fmt::format("metadata: {{name: w{}}}\nspec:\n  entrypoint: group0\n", number);
    parallelism_[fmt::format("w{}", number)] = random.below(4);
    if (const size_t most = parallelism_[fmt::format("w{}", number)]; most > 0) {
      text += fmt::format("  parallelism: {}\n", most);
    }
    if (random.below(3) == 0) text += "  onExit: leaf1\n";
    if (const std::string lock = lock_of(random, "w"); !lock.empty()) {
      text += "  " + lock.substr(2) + "\n";
    }
    text += "  templates:\n";
    for (int i = 0; i < kLeaves; ++i) text += leaf(random, i);
    for (int depth = 0; depth < 3; ++depth) text += group(random, depth);
    return text;
  }

  std::vector<const Effect*> pods() const {
    std::vector<const Effect*> found;
    for (const Effect* effect : engine_.outstanding().after(0)) {
      if (effect->kind == Effect::Kind::kStartPod) found.push_back(effect);
    }
    return found;
  }

  void expect_limits(const std::string& about) const {
    std::map<std::string, size_t> running;
    for (const Effect* effect : pods()) {
      ++running[engine_.find_run(effect->workflow)->name()];
    }
    for (const auto& [name, count] : running) {
      const size_t most = parallelism_.at(name);
      ASSERT_TRUE(most == 0 || count <= most)
          << name << " runs " << count << " of " << most << about;
    }
    std::map<std::string, size_t> held;
    engine_.for_each_run([&](const workflow::Run& run) {
      const json::value* holding = find_path(run.status(), {"synchronization", "mutex", "holding"});
      for (const json::value& one : holding != nullptr ? holding->as_array() : json::array{}) {
        ++held[get_string(one.as_object(), "mutex")];
      }
      holding = find_path(run.status(), {"synchronization", "semaphore", "holding"});
      for (const json::value& one : holding != nullptr ? holding->as_array() : json::array{}) {
        held[get_string(one.as_object(), "semaphore")] +=
            find_array(one.as_object(), "holders")->size();
      }
    });
    for (const auto& [lock, count] : held) {
      const size_t limit = lock.find("/Mutex/") == lock.npos && lock.ends_with('1') ? 2 : 1;
      ASSERT_LE(count, limit) << lock << about;
    }
  }

  // Ends one pod after another until nothing is left to do, and says what still lives then.
  void play(Random& random, const std::string& about) {
    for (int i = 0; i < 5000; ++i) {
      if (random.below(8) == 0) {  // the server is started anew
        auto restored = Engine::restore(engine_.snapshot(), workflow::Settings{});
        ASSERT_TRUE(restored.ok()) << restored.error().text() << about;
        engine_ = std::move(*restored);
      }
      tick();
      expect_limits(about);
      const auto open = pods();
      if (!open.empty()) {
        const PodId pod = open[random.below(open.size())]->pod;
        end(pod, random.below(4) == 0 ? pod::PodReport::Phase::kFailed
                                      : pod::PodReport::Phase::kSucceeded);
        continue;
      }
      const auto wake = engine_.next_wake();
      if (!wake) return;
      now_ = std::max(now_, *wake);
    }
    FAIL() << "it never ends" << about;
  }

  // What still is open, for whoever reads a failure.
  std::string open_nodes() const {
    std::string text;
    engine_.for_each_run([&](const workflow::Run& run) {
      for (const auto& [id, node] : run.nodes()) {
        if (node.fulfilled()) continue;
        text += fmt::format("{} {}: {} {}\n", run.name(), node.name, to_string(node.phase),
                            node.message);
      }
    });
    return text;
  }

  std::map<std::string, size_t> parallelism_;
};

TEST_F(ProgressTest, WorkflowsThatShareLocksAllEnd) {
  for (uint64_t seed = 0; seed < 120; ++seed) {
    Random random(seed);
    engine_ = Engine(workflow::Settings{});
    parallelism_.clear();
    put("{apiVersion: v1, kind: ConfigMap, metadata: {name: limits}, data: {m0: '1', m1: '2', w0: "
        "'1', "
        "w1: '2', g00: '1', g01: '2', g10: '1', g11: '2', g20: '1', g21: '2'}}");
    std::string all = fmt::format("\nseed {}\n", seed);
    for (size_t i = 0, count = 1 + random.below(3); i < count; ++i) {
      const std::string yaml = workflow(random, i);
      all += yaml + "---\n";
      submit(yaml);
      if (HasFailure()) FAIL() << all;
    }
    play(random, all);
    if (HasFatalFailure()) return;
    ASSERT_EQ(engine_.run_count(), 0u) << all << open_nodes();
  }
}

}  // namespace
}  // namespace slipway::engine
