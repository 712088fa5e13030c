// Properties: random DAGs against a model that says at once what must come of them; and the index
// is a cache, so that a run whose index is thrown away before every pass goes the same way.
#include "base/random.h"
#include "core/workflow/story.h"

namespace slipway::workflow {
namespace {

struct Task {
  std::string name, depends;
  std::vector<int> needs;
  std::vector<std::string> properties;  // of each need; "" is bare
  bool conjunction = true;
  std::string phase;  // of its pod, should it run
  bool when = true;
};

std::vector<Task> random_tasks(Random& random) {
  const size_t count = 1 + random.below(9);
  std::vector<Task> tasks(count);
  const std::vector<std::string> properties{"",         "",         ".Succeeded", ".Failed",
                                            ".Skipped", ".Omitted", ".Errored"};
  const std::vector<std::string> phases{"Succeeded", "Succeeded", "Succeeded", "Failed", "Error"};
  for (size_t i = 0; i < count; ++i) {
    Task& task = tasks[i];
    task.name = "t" + std::to_string(i);
    task.phase = phases[random.below(phases.size())];
    task.when = random.below(6) != 0;
    task.conjunction = random.below(3) != 0;
    for (size_t j = 0; j < i; ++j) {
      if (random.below(3) != 0) continue;
      task.needs.push_back(static_cast<int>(j));
      task.properties.push_back(properties[random.below(properties.size())]);
      if (!task.depends.empty()) task.depends += task.conjunction ? " && " : " || ";
      task.depends += tasks[j].name + task.properties.back();
    }
  }
  return tasks;
}

bool holds(const std::string& property, const std::string& phase) {
  if (property.empty()) return phase == "Succeeded" || phase == "Skipped";
  if (property == ".Errored") return phase == "Error";
  return property.substr(1) == phase;
}

// Final phase of every task by the rules alone: tasks are in the order of their needs.
std::vector<std::string> model_phases(const std::vector<Task>& tasks) {
  std::vector<std::string> phases;
  for (const Task& task : tasks) {
    bool run = task.needs.empty() || task.conjunction;
    for (size_t i = 0; i < task.needs.size(); ++i) {
      const bool term = holds(task.properties[i], phases[static_cast<size_t>(task.needs[i])]);
      run = task.conjunction ? run && term : run || term;
    }
    phases.push_back(!run ? "Omitted" : !task.when ? "Skipped" : task.phase);
  }
  return phases;
}

// Every path from a root to a leaf: the last completed phase on it decides the leaf (rule 13).
void walk_paths(const std::vector<Task>& tasks, const std::vector<std::string>& phases, size_t at,
                std::string branch, std::map<size_t, std::set<std::string>>& reached) {
  if (phases[at] != "Omitted" && phases[at] != "Skipped") branch = phases[at];
  bool leaf = true;
  for (size_t next = at + 1; next < tasks.size(); ++next) {
    const auto& needs = tasks[next].needs;
    if (std::find(needs.begin(), needs.end(), static_cast<int>(at)) == needs.end()) continue;
    leaf = false;
    walk_paths(tasks, phases, next, branch, reached);
  }
  if (leaf) reached[at].insert(branch);
}

// Where a failure and an error lead to the same leaf the first that is found counts, which depends
// on what ran when: each is right.
std::set<std::string> model_dag(const std::vector<Task>& tasks,
                                const std::vector<std::string>& phases) {
  std::map<size_t, std::set<std::string>> reached;
  for (size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].needs.empty()) walk_paths(tasks, phases, i, "Succeeded", reached);
  }
  for (auto& [leaf, branches] : reached) {
    branches.erase("Succeeded");
    if (!branches.empty()) return branches;
  }
  return {"Succeeded"};
}

std::string manifest_of(const std::vector<Task>& tasks, size_t parallelism) {
  std::string yaml = "spec:\n  entrypoint: main\n";
  if (parallelism > 0) yaml += "  parallelism: " + std::to_string(parallelism) + "\n";
  yaml +=
      "  templates:\n  - {name: work, container: {image: b}}\n  - name: main\n    dag:\n      "
      "tasks:\n";
  for (const Task& task : tasks) {
    yaml += "      - {name: " + task.name + ", template: work";
    if (!task.depends.empty()) yaml += ", depends: \"" + task.depends + "\"";
    if (!task.when) yaml += ", when: \"1 == 2\"";
    yaml += "}\n";
  }
  return yaml;
}

void play(Story& story, const std::vector<Task>& tasks, size_t together) {
  for (const Task& task : tasks) {
    story.answers[task.name] = [&story, phase = task.phase](const Node& of) {
      if (phase == "Succeeded") return story.report(of, pod::PodReport::Phase::kSucceeded);
      return story.report(
          of, phase == "Failed" ? pod::PodReport::Phase::kFailed : pod::PodReport::Phase::kError);
    };
  }
  story.run_to_end(together);
}

TEST(Model, RandomDagsEndAsTheRulesSay) {
  for (uint64_t seed = 0; seed < 700; ++seed) {
    Random random(seed);
    const auto tasks = random_tasks(random);
    const size_t parallelism = random.below(4), together = 1 + random.below(3);
    const std::string yaml = manifest_of(tasks, parallelism);
    Story story(yaml);
    play(story, tasks, together);
    const auto phases = model_phases(tasks);
    for (size_t i = 0; i < tasks.size(); ++i) {
      ASSERT_EQ(story.phase("wf." + tasks[i].name), phases[i])
          << "seed " << seed << " " << tasks[i].name << "\n"
          << yaml << story.workflow_message();
    }
    ASSERT_TRUE(model_dag(tasks, phases).contains(story.workflow_phase()))
        << story.workflow_phase() << " seed " << seed << "\n"
        << yaml;
    ASSERT_TRUE(story.run->finished());
  }
}

TEST(Model, TheIndexIsOnlyACache) {
  for (uint64_t seed = 0; seed < 150; ++seed) {
    Random random(seed);
    const auto tasks = random_tasks(random);
    const size_t parallelism = random.below(3), together = 1 + random.below(3);
    const std::string yaml = manifest_of(tasks, parallelism);
    Story kept(yaml), forgetful(yaml);
    forgetful.forget_index = true;
    play(kept, tasks, together);
    play(forgetful, tasks, together);
    ASSERT_EQ(print_json(kept.run->to_object(), {.sort_keys = true}),
              print_json(forgetful.run->to_object(), {.sort_keys = true}))
        << "seed " << seed << "\n"
        << yaml;
  }
}

TEST(Model, ADeltaThatIsNotAppliedIsForgotten) {
  Story story(manifest_of({{.name = "t0", .phase = "Succeeded"}}, 0));
  const Delta first = advance(*story.run, {}, story.world());
  const Delta second = advance(*story.run, {}, story.world());
  EXPECT_EQ(print_json(to_json(first)), print_json(to_json(second)));
  story.run_to_end();
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
}

TEST(Model, ARestartInTheMiddleOfLoopsAndRetries) {
  const char* yaml = R"(
spec:
  entrypoint: main
  onExit: bye
  parallelism: 3
  templates:
  - name: main
    steps:
    - - {name: gen, template: work}
    - - name: each
        template: inner
        withItems: [1, 2, 3]
        arguments: {parameters: [{name: x, value: "{{item}}"}]}
    - - name: sum
        template: leaf
        arguments: {parameters: [{name: x, value: "{{steps.each.outputs.parameters.out}}"}]}
  - name: inner
    inputs: {parameters: [{name: x}]}
    dag:
      tasks:
      - {name: a, template: leaf, arguments: {parameters: [{name: x, value: "{{inputs.parameters.x}}"}]}}
      - {name: b, template: flaky, depends: a}
    outputs: {parameters: [{name: out, valueFrom: {parameter: "{{tasks.b.outputs.parameters.p}}"}}]}
  - name: leaf
    inputs: {parameters: [{name: x}]}
    container: {image: b}
  - name: flaky
    retryStrategy: {limit: 2, backoff: {duration: 5s}}
    container: {image: b}
    outputs: {parameters: [{name: p, valueFrom: {path: /p}}]}
  - name: work
    container: {image: b}
  - name: bye
    steps:
    - - {name: last, template: work}
)";
  std::string first;
  for (const bool forget : {false, true}) {
    Story story(yaml);
    story.forget_index = forget;
    story.answers["b(0)"] = story.failure();
    story.answers["b(1)"] = story.parameter("p", "v");
    story.run_to_end();
    EXPECT_EQ(story.workflow_phase(), "Succeeded") << story.workflow_message();
    EXPECT_EQ(story.input("wf[2].sum", "x"), R"(["v","v","v"])");
    EXPECT_EQ(story.phase("wf.onExit[0].last"), "Succeeded");
    const std::string all = print_json(story.run->to_object(), {.sort_keys = true});
    if (!forget) first = all;
    EXPECT_EQ(all, first);
  }
}

}  // namespace
}  // namespace slipway::workflow
