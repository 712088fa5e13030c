// What a pass costs, in frames and children looked at and in bytes journaled; never in time.
#include "core/workflow/retry_workflow_nodes.h"
#include "core/workflow/story.h"
#include "core/workflow/task_reach.h"

namespace slipway::workflow {
namespace {

std::string wide(size_t tasks, const std::string& more = "") {
  std::string yaml = "spec:\n  entrypoint: main\n" + more +
                     "  templates:\n  - {name: work, container: {image: b}}\n  - name: main\n"
                     "    dag:\n      tasks:\n";
  for (size_t i = 0; i < tasks; ++i) {
    yaml += "      - {name: t" + std::to_string(i) + ", template: work}\n";
  }
  return yaml;
}

struct Cost {
  uint64_t most_visits = 0;
  size_t most_bytes = 0, most_nodes = 0;
};

// Ends the pods one a pass and tells what the dearest pass did, the first and last two aside.
Cost cost_of_passes(Story& story, size_t passes) {
  Cost cost;
  story.pass();
  for (size_t i = 0; i < passes; ++i) {
    const Want want = story.run->wants().front();
    const uint64_t before = story.run->index().visits;
    const Delta delta = advance(*story.run,
                                {.reports = {story.report(*story.run->find_node(want.node),
                                                          pod::PodReport::Phase::kSucceeded)}},
                                story.world());
    cost.most_visits = std::max(cost.most_visits, story.run->index().visits - before);
    cost.most_nodes = std::max(cost.most_nodes, delta.nodes.size());
    cost.most_bytes = std::max(cost.most_bytes, print_json(to_json(delta)).size());
    std::vector<WantChange> changes;
    story.run->apply(delta, changes);
  }
  return cost;
}

TEST(Scale, AWideDagDoesNotLookAtAllItsTasks) {
  Story story(wide(10'000));
  const Cost cost = cost_of_passes(story, 200);
  EXPECT_EQ(story.run->nodes().size(), 10'001u) << story.workflow_message();
  EXPECT_LE(cost.most_visits, 8u);
  EXPECT_LE(cost.most_nodes, 2u);
  EXPECT_LE(cost.most_bytes, 2'000u);
}

TEST(Scale, NorWhenParallelismHoldsMostOfThemBack) {
  Story story(wide(10'000, "  parallelism: 5\n"));
  const Cost cost = cost_of_passes(story, 200);
  EXPECT_EQ(story.run->nodes().size(), 206u) << story.workflow_message();
  EXPECT_LE(cost.most_visits, 12u);
  EXPECT_LE(cost.most_bytes, 3'000u);
}

TEST(Scale, NorALoopInSteps) {
  Story story(R"(
spec:
  entrypoint: main
  parallelism: 5
  templates:
  - name: main
    steps:
    - - {name: a, template: work, withSequence: {count: "10000"}}
  - {name: work, container: {image: b}}
)");
  const Cost cost = cost_of_passes(story, 200);
  EXPECT_LE(cost.most_visits, 12u);
  EXPECT_LE(cost.most_bytes, 3'000u);
}

TEST(Scale, AJoinOfManyTasksIsCountedNotScanned) {
  std::string yaml = wide(2'000);
  yaml += "      - {name: join, template: work, depends: \"t0";
  for (int i = 1; i < 2'000; ++i) yaml += " && t" + std::to_string(i);
  yaml += "\"}\n";
  Story story(yaml);
  const Cost cost = cost_of_passes(story, 100);
  EXPECT_LE(cost.most_visits, 8u) << story.workflow_message();
  story.run_to_end(100);
  EXPECT_EQ(story.workflow_phase(), "Succeeded");
}

// Of 2,000 nodes with one mutex one runs: what it costs that it ends and the next one begins.
TEST(Scale, WhoWaitsForALockIsNotLookedAt) {
  Story story(R"(
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: work, withSequence: {count: "2000"}}
  - name: work
    synchronization: {mutexes: [{name: m}]}
    container: {image: b}
)");
  story.pass();
  ASSERT_EQ(story.run->nodes().size(), 2'002u);
  Cost cost;
  const auto pass = [&](const Happening& happening) {
    const uint64_t before = story.run->index().visits;
    const Delta delta = advance(*story.run, happening, story.world());
    cost.most_visits = std::max(cost.most_visits, story.run->index().visits - before);
    cost.most_nodes = std::max(cost.most_nodes, delta.nodes.size());
    cost.most_bytes = std::max(cost.most_bytes, print_json(to_json(delta)).size());
    std::vector<WantChange> changes;
    story.run->apply(delta, changes);
    update_locks(story.locks, *story.run, delta);
  };
  std::vector<std::string> order;
  for (int i = 0; i < 100; ++i) {
    const std::vector<Want> wants = story.run->wants();
    ASSERT_EQ(wants.size(), 1u);
    const Node& node = *story.run->find_node(wants.front().node);
    order.push_back(node.display_name);
    pass({.reports = {story.report(node, pod::PodReport::Phase::kSucceeded)}});
    pass({});
  }
  EXPECT_EQ(order.front(), "a(0:0)");
  EXPECT_EQ(order.back(), "a(99:99)") << "first come, first served";
  EXPECT_LE(cost.most_visits, 4u);
  EXPECT_LE(cost.most_nodes, 2u);
  EXPECT_LE(cost.most_bytes, 2'000u);
}

// A chain in which each task waits for the one before it.
Edges chain(size_t tasks) {
  Edges needs;
  for (size_t i = 0; i < tasks; ++i) {
    needs["t" + std::to_string(i)];
    if (i > 0) needs["t" + std::to_string(i)].push_back("t" + std::to_string(i - 1));
  }
  return needs;
}

TEST(Scale, WhatATaskWaitsForIsNotSoughtAnewForEachTask) {
  constexpr size_t kTasks = 10'000;
  const Edges needs = chain(kTasks);
  TaskReach first(needs);
  for (size_t i = 1; i < kTasks; ++i) {
    ASSERT_TRUE(first.waits_for("t" + std::to_string(i), "t0"));
  }
  EXPECT_LE(first.visits(), 2 * kTasks);
  TaskReach half(needs);
  for (size_t i = 1; i < kTasks; ++i) {
    ASSERT_TRUE(half.waits_for("t" + std::to_string(i), "t" + std::to_string(i / 2)));
  }
  EXPECT_LE(half.visits(), kTasks * (2 + kTasks / 64));
}

TEST(Scale, ARetryLooksAtAChainOfFailuresOnce) {
  constexpr size_t kNodes = 10'000;
  json::object nodes;
  for (size_t i = 0; i < kNodes; ++i) {
    const std::string id = "wf-" + std::to_string(i);
    nodes[id] = json::object{{"id", id},
                             {"name", "wf.t" + std::to_string(i)},
                             {"type", "Pod"},
                             {"phase", i + 1 < kNodes ? "Failed" : "Succeeded"},
                             {"children", json::array{"wf-" + std::to_string(i + 1)}}};
  }
  const RetriedNodes retried = reset_nodes(nodes, "wf", {}, "2026-01-02T03:04:05Z");
  EXPECT_TRUE(retried.removed.empty()) << "the last of them succeeded";
  EXPECT_LE(retried.looked_at, kNodes);
}

TEST(Scale, AWaitingRunIsItsText) {
  const std::string text = print_json(
      json::object{{"metadata", json::object{{"name", "wf"},
                                             {"namespace", "ci"},
                                             {"uid", "u"},
                                             {"creationTimestamp", "2026-01-02T03:04:05Z"}}},
                   {"spec", json::object{{"priority", 7}, {"entrypoint", "main"}}}});
  const workflow::Run run(WorkflowUid("u"), text);
  EXPECT_EQ(run.ns(), "ci");
  EXPECT_EQ(run.name(), "wf");
  EXPECT_EQ(run.priority(), 7);
  EXPECT_EQ(format_rfc3339(run.created_at()), "2026-01-02T03:04:05Z");
  EXPECT_EQ(run.phase(), Phase::kNone);
  EXPECT_TRUE(run.nodes().empty());
  EXPECT_EQ(get_string(*find_object(run.to_object(), "spec"), "entrypoint"), "main");
  EXPECT_TRUE(run.is_text()) << "looking at it does not take it apart";
}

}  // namespace
}  // namespace slipway::workflow
