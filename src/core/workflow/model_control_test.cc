// Properties: random DAGs with loops, retries, hooks, continueOn and any boolean `depends` against
// a model that knows the rules and nothing of passes (spec rules 13 to 20, 24, 32, 33 and 51).
#include <fmt/format.h>

#include "base/random.h"
#include "core/workflow/story.h"

namespace slipway::workflow {
namespace {

using Phases = std::vector<std::string>;

// What a task waits for: a term about one task before it, or terms joined.
struct Logic {
  enum class Kind { kTerm, kAnd, kOr, kNot } kind = Kind::kTerm;
  size_t task = 0;
  std::string property;  // "" is bare
  std::vector<Logic> parts;
};

struct Task {
  std::string name;
  std::optional<Logic> depends;  // or
  std::vector<size_t> dependencies;
  bool continue_failed = false, continue_error = false;
  bool when = true, hook = false, hook_fails = false;
  bool loop = false;
  std::vector<Phases> items;  // of each item, what its attempts come to; one item: no loop
  bool retries = false;
};

struct Dag {
  std::vector<Task> tasks;
  bool fail_fast = true;
  int limit = 0;  // of retries
};

// --- making one ----------------------------------------------------------------------------------

std::string one_of(Random& random, std::initializer_list<std::string_view> choices) {
  return std::string(*(choices.begin() + random.below(choices.size())));
}

Logic random_logic(Random& random, const std::vector<Task>& before, int depth) {
  Logic logic;
  if (depth == 0 || random.below(3) == 0) {
    logic.task = random.below(before.size());
    logic.property =
        before[logic.task].loop && random.below(2) == 0
            ? one_of(random, {".AnySucceeded", ".AllFailed"})
            : one_of(random, {"", "", ".Succeeded", ".Failed", ".Errored", ".Skipped", ".Omitted"});
    return logic;
  }
  if (random.below(4) == 0) {
    logic.kind = Logic::Kind::kNot;
    logic.parts.push_back(random_logic(random, before, depth - 1));
    return logic;
  }
  logic.kind = random.below(2) == 0 ? Logic::Kind::kAnd : Logic::Kind::kOr;
  for (size_t i = 2 + random.below(2); i > 0; --i) {
    logic.parts.push_back(random_logic(random, before, depth - 1));
  }
  return logic;
}

Phases random_attempts(Random& random, bool retries, int limit) {
  Phases attempts;
  for (int i = 0; i <= (retries ? limit : 0); ++i) {
    attempts.push_back(one_of(random, {"Succeeded", "Succeeded", "Failed", "Error"}));
    if (attempts.back() == "Succeeded") break;
  }
  return attempts;
}

Dag random_dag(Random& random) {
  Dag dag;
  dag.fail_fast = random.below(2) == 0;
  dag.limit = static_cast<int>(1 + random.below(2));
  const bool expressions = random.below(2) == 0;
  for (size_t i = 0, count = 1 + random.below(8); i < count; ++i) {
    Task task;
    task.name = fmt::format("t{}", i);
    task.loop = random.below(4) == 0;
    task.retries = random.below(3) == 0;
    task.when = random.below(6) != 0;
    task.hook = random.below(4) == 0;
    task.hook_fails = random.below(3) == 0;
    for (size_t j = task.loop ? random.below(4) : 1; j > 0; --j) {
      task.items.push_back(random_attempts(random, task.retries, dag.limit));
    }
    if (expressions) {
      if (i > 0 && random.below(4) != 0) task.depends = random_logic(random, dag.tasks, 2);
    } else {
      for (size_t j = 0; j < i; ++j) {
        if (random.below(3) == 0) task.dependencies.push_back(j);
      }
      task.continue_failed = random.below(4) == 0;
      task.continue_error = random.below(4) == 0;
    }
    dag.tasks.push_back(std::move(task));
  }
  return dag;
}

std::string text_of(const Logic& logic, const std::vector<Task>& tasks) {
  if (logic.kind == Logic::Kind::kTerm) return tasks[logic.task].name + logic.property;
  if (logic.kind == Logic::Kind::kNot) return "!(" + text_of(logic.parts[0], tasks) + ")";
  std::string text = "(";
  for (size_t i = 0; i < logic.parts.size(); ++i) {
    if (i > 0) text += logic.kind == Logic::Kind::kAnd ? " && " : " || ";
    text += text_of(logic.parts[i], tasks);
  }
  return text + ")";
}

std::string line_of(const Dag& dag, const Task& task) {
  std::string line =
      fmt::format("      - {{name: {}, template: {}", task.name, task.retries ? "again" : "work");
  if (task.depends) line += fmt::format(", depends: \"{}\"", text_of(*task.depends, dag.tasks));
  if (!task.dependencies.empty()) {
    Phases names;
    for (const size_t need : task.dependencies) names.push_back(dag.tasks[need].name);
    line += fmt::format(", dependencies: [{}]", fmt::join(names, ", "));
  }
  if (task.continue_failed || task.continue_error) {
    line += fmt::format(", continueOn: {{failed: {}, error: {}}}", task.continue_failed,
                        task.continue_error);
  }
  if (task.loop) {
    Phases items;
    for (size_t i = 0; i < task.items.size(); ++i) items.push_back(std::to_string(i));
    line += fmt::format(", withParam: \"[{}]\"", fmt::join(items, ","));
  }
  if (!task.when) line += ", when: \"1 == 2\"";
  if (task.hook) line += ", hooks: {exit: {template: work}}";
  return line + "}\n";
}

std::string manifest_of(const Dag& dag, size_t parallelism) {
  std::string yaml = "spec:\n  entrypoint: main\n";
  if (parallelism > 0) yaml += fmt::format("  parallelism: {}\n", parallelism);
  yaml += fmt::format(
      "  templates:\n  - {{name: work, container: {{image: b}}}}\n"
      "  - {{name: again, retryStrategy: {{limit: {}, retryPolicy: Always}}, container: {{image: "
      "b}}}}\n  - name: main\n    dag:\n      failFast: {}\n      tasks:\n",
      dag.limit, dag.fail_fast);
  for (const Task& task : dag.tasks) yaml += line_of(dag, task);
  return yaml;
}

// --- the model -----------------------------------------------------------------------------------

// What became of a task: its own phase, and those of its items, from which branches go on.
struct Outcome {
  std::string phase;
  Phases items;  // of a TaskGroup
};

bool failed(const std::string& phase) { return phase == "Failed" || phase == "Error"; }
bool completed(const std::string& phase) { return failed(phase) || phase == "Succeeded"; }

bool term_holds(const std::string& property, const Task& task, const Outcome& outcome) {
  const auto& items = outcome.items;
  if (property == ".AnySucceeded") {
    return std::find(items.begin(), items.end(), "Succeeded") != items.end();
  }
  if (property == ".AllFailed") {
    return !items.empty() && std::all_of(items.begin(), items.end(), [](const std::string& phase) {
      return phase == "Failed";
    });
  }
  if (property == ".Errored") return outcome.phase == "Error";
  if (!property.empty()) return property.substr(1) == outcome.phase;
  return outcome.phase == "Succeeded" || outcome.phase == "Skipped" ||
         (outcome.phase == "Failed" && task.continue_failed) ||
         (outcome.phase == "Error" && task.continue_error);
}

bool logic_holds(const Logic& logic, const std::vector<Task>& tasks,
                 const std::vector<Outcome>& outcomes) {
  const auto part = [&](const Logic& one) { return logic_holds(one, tasks, outcomes); };
  switch (logic.kind) {
    case Logic::Kind::kTerm:
      return term_holds(logic.property, tasks[logic.task], outcomes[logic.task]);
    case Logic::Kind::kNot:
      return !part(logic.parts[0]);
    case Logic::Kind::kAnd:
      return std::all_of(logic.parts.begin(), logic.parts.end(), part);
    case Logic::Kind::kOr:
      return std::any_of(logic.parts.begin(), logic.parts.end(), part);
  }
  return false;
}

Outcome outcome_of(const Task& task) {
  if (!task.loop) return {task.when ? task.items[0].back() : "Skipped", {}};
  if (task.items.empty()) return {"Skipped", {}};
  Outcome outcome{"Succeeded", {}};
  for (const Phases& attempts : task.items) {
    outcome.items.push_back(task.when ? attempts.back() : "Skipped");
    if (failed(outcome.items.back())) outcome.phase = outcome.items.back();
  }
  return outcome;
}

std::vector<Outcome> model_outcomes(const Dag& dag) {
  std::vector<Outcome> outcomes;
  for (const Task& task : dag.tasks) {
    bool runs = !task.depends || logic_holds(*task.depends, dag.tasks, outcomes);
    for (const size_t need : task.dependencies) {
      runs = runs && term_holds("", dag.tasks[need], outcomes[need]);
    }
    outcomes.push_back(runs ? outcome_of(task) : Outcome{"Omitted", {}});
  }
  return outcomes;
}

void collect_needs(const Logic& logic, std::set<size_t>& needs) {
  if (logic.kind == Logic::Kind::kTerm) needs.insert(logic.task);
  for (const Logic& part : logic.parts) collect_needs(part, needs);
}

std::set<size_t> needs_of(const Task& task) {
  std::set<size_t> needs(task.dependencies.begin(), task.dependencies.end());
  if (task.depends) collect_needs(*task.depends, needs);
  return needs;
}

// The phases in which branches arrive at each task, its own included (rule 13).
std::vector<std::set<std::string>> model_branches(const Dag& dag,
                                                  const std::vector<Outcome>& outcomes) {
  std::vector<std::set<std::string>> leaving(dag.tasks.size()), arriving(dag.tasks.size());
  for (size_t i = 0; i < dag.tasks.size(); ++i) {
    const std::set<size_t> needs = needs_of(dag.tasks[i]);
    if (needs.empty()) arriving[i] = {"Succeeded"};
    for (const size_t need : needs) arriving[i].insert(leaving[need].begin(), leaving[need].end());
    if (completed(outcomes[i].phase)) arriving[i] = {outcomes[i].phase};
    leaving[i] = arriving[i];
    if (outcomes[i].items.empty()) continue;
    leaving[i].clear();
    for (const std::string& item : outcomes[i].items) {
      leaving[i].insert(completed(item) ? item : outcomes[i].phase);
    }
  }
  return arriving;
}

// What the DAG may end in: more than one when a branch in each phase leads to the same target.
std::set<std::string> model_results(const Dag& dag, const std::vector<Outcome>& outcomes) {
  const auto branches = model_branches(dag, outcomes);
  std::set<size_t> needed;
  for (const Task& task : dag.tasks) {
    for (const size_t need : needs_of(task)) needed.insert(need);
  }
  std::set<std::string> results{"Succeeded"};
  for (size_t i = 0; i < dag.tasks.size(); ++i) {
    if (needed.contains(i)) continue;
    const Task& task = dag.tasks[i];
    std::set<std::string> next;
    for (const std::string& so_far : results) {
      bool any = false;
      for (const std::string& phase : branches[i]) {
        if (!failed(phase)) continue;
        any = true;
        const bool covered = phase == "Failed" ? task.continue_failed : task.continue_error;
        next.insert(covered || (dag.fail_fast && failed(so_far)) ? so_far : phase);
      }
      if (!any) next.insert(so_far);
    }
    results = std::move(next);
  }
  return results;
}

// --- playing it ----------------------------------------------------------------------------------

void answer_all(Story& story, const Dag& dag) {
  const auto answer = [&story](const std::string& name, const std::string& phase) {
    using Phase = pod::PodReport::Phase;
    const Phase end = phase == "Succeeded" ? Phase::kSucceeded
                      : phase == "Failed"  ? Phase::kFailed
                                           : Phase::kError;
    story.answers["wf." + name] = [&story, end](const Node& of) {
      return story.report(of, end, 1);
    };
  };
  for (const Task& task : dag.tasks) {
    for (size_t i = 0; i < task.items.size(); ++i) {
      const std::string item = task.loop ? fmt::format("{}({}:{})", task.name, i, i) : task.name;
      for (size_t attempt = 0; attempt < task.items[i].size(); ++attempt) {
        answer(task.retries ? fmt::format("{}({})", item, attempt) : item, task.items[i][attempt]);
      }
      answer(item + ".onExit", task.hook_fails ? "Failed" : "Succeeded");
    }
  }
}

// A task begins after all that it names has ended, hooks too, whatever its logic (rule 17).
void expect_order(const Story& story, const Dag& dag, const std::string& about) {
  for (const Task& task : dag.tasks) {
    const Node* node = story.node("wf." + task.name);
    ASSERT_NE(node, nullptr) << about;
    for (const size_t need : needs_of(task)) {
      const std::string before = "wf." + dag.tasks[need].name;
      for (const auto& [id, other] : story.run->nodes()) {
        const bool of_it = other.name == before || other.name.starts_with(before + "(") ||
                           other.name.starts_with(before + ".");
        if (!of_it) continue;
        ASSERT_GE(node->started_at.ns, other.finished_at.ns)
            << task.name << " after " << other.name << "\n"
            << about;
      }
    }
  }
}

void expect_hooks(const Story& story, const Task& task, const Outcome& outcome,
                  const std::string& about) {
  for (size_t i = 0; i < task.items.size(); ++i) {
    const std::string item = task.loop ? fmt::format("{}({}:{})", task.name, i, i) : task.name;
    const std::string& phase =
        task.loop && !outcome.items.empty() ? outcome.items[i] : outcome.phase;
    const bool ran = task.hook && completed(phase);
    ASSERT_EQ(story.phase(fmt::format("wf.{}.onExit", item)), !ran              ? "absent"
                                                              : task.hook_fails ? "Failed"
                                                                                : "Succeeded")
        << about;
  }
}

TEST(ModelControl, RandomDagsEndAsTheRulesSay) {
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    Random random(seed);
    const Dag dag = random_dag(random);
    const size_t parallelism = random.below(4), together = 1 + random.below(3);
    const std::string yaml = manifest_of(dag, parallelism);
    const std::string about = fmt::format("seed {}, {} together\n{}", seed, together, yaml);
    Story story(yaml);
    story.forget_index = random.below(4) == 0;
    answer_all(story, dag);
    story.run_to_end(together);
    const auto outcomes = model_outcomes(dag);
    for (size_t i = 0; i < dag.tasks.size(); ++i) {
      ASSERT_EQ(story.phase("wf." + dag.tasks[i].name), outcomes[i].phase)
          << dag.tasks[i].name << " of " << about << story.workflow_message();
      expect_hooks(story, dag.tasks[i], outcomes[i], about);
    }
    const auto results = model_results(dag, outcomes);
    ASSERT_TRUE(results.contains(story.workflow_phase()))
        << story.workflow_phase() << ", not " << fmt::format("{}", fmt::join(results, " or "))
        << "\n"
        << about;
    ASSERT_TRUE(story.run->finished()) << about;
    expect_order(story, dag, about);
  }
}

}  // namespace
}  // namespace slipway::workflow
