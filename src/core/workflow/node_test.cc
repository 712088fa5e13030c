#include "core/workflow/node.h"

#include <gtest/gtest.h>

#include "base/hash.h"

namespace slipway::workflow {
namespace {

TEST(Node, IdsAndPodNamesFollowRule1) {
  EXPECT_EQ(node_id("hello", "hello").value, "hello");
  EXPECT_EQ(node_id("hello", "hello[0].a").value, "hello-" + std::to_string(fnv1a32("hello[0].a")));
  EXPECT_EQ(pod_name("hello", "print", "hello"), "hello");
  EXPECT_EQ(pod_name("hello", "print", "hello.a"),
            "hello-print-" + std::to_string(fnv1a32("hello.a")));
  const std::string longest = pod_name(std::string(60, 'w'), std::string(300, 't'), "w.a");
  EXPECT_EQ(longest.size(), 242 + 1 + std::to_string(fnv1a32("w.a")).size());
}

TEST(Node, DisplayNamesFollowRule3) {
  EXPECT_EQ(display_name("wf[0].step", "wf"), "step");
  EXPECT_EQ(display_name("wf[12]", "wf"), "[12]");
  EXPECT_EQ(display_name("wf.task(0:a.b)", "wf"), "task(0:a.b)");
  EXPECT_EQ(display_name("wf.a[1].b(0)", "wf.a"), "b(0)");
  EXPECT_EQ(display_name("wf", ""), "wf");
  EXPECT_EQ(display_name("wf.onExit", ""), "wf.onExit");
}

TEST(Node, FulfilledFollowsRule4) {
  Node node;
  node.phase = Phase::kRunning;
  EXPECT_FALSE(node.fulfilled());
  node.daemoned = true;
  EXPECT_TRUE(node.fulfilled());
  node.phase = Phase::kPending;
  EXPECT_FALSE(node.fulfilled());
  for (const Phase phase :
       {Phase::kSucceeded, Phase::kFailed, Phase::kError, Phase::kSkipped, Phase::kOmitted}) {
    node.phase = phase;
    EXPECT_TRUE(node.fulfilled()) << to_string(phase);
  }
}

TEST(Node, CompletedPhasesAreFinal) {
  for (const Phase from : {Phase::kFailed, Phase::kError, Phase::kSkipped, Phase::kOmitted}) {
    for (const Phase to : {Phase::kPending, Phase::kRunning, Phase::kSucceeded, Phase::kFailed,
                           Phase::kError, Phase::kSkipped, Phase::kOmitted}) {
      EXPECT_EQ(may_follow(from, to), from == to) << to_string(from) << " to " << to_string(to);
    }
  }
  EXPECT_FALSE(may_follow(Phase::kSucceeded, Phase::kRunning));
  EXPECT_TRUE(may_follow(Phase::kRunning, Phase::kPending)) << "a request waits for its next try";
}

TEST(Node, JournalKeepsEverything) {
  Node node;
  node.id = NodeId("wf-1");
  node.name = "wf.a";
  node.display_name = "a";
  node.type = NodeType::kHttp;
  node.phase = Phase::kRunning;
  node.message = "m";
  node.boundary_id = NodeId("wf");
  node.template_name = "t";
  node.template_ref = {{"name", "n"}, {"template", "t"}};
  node.template_scope = "local/wf";
  node.children = {NodeId("wf-2")};
  node.outbound_nodes = {NodeId("wf-3")};
  node.inputs = {{"parameters", json::array{json::object{{"name", "x"}, {"value", "1"}}}}};
  node.outputs = {{"result", "r"}};
  node.started_at.ns = 1'000'000'123;
  node.finished_at = Time::from_seconds(5);
  node.hooked = node.retried = node.daemoned = true;
  node.pod_id = PodId("p");
  node.pod_done = node.kill_requested = node.on_exit = true;
  node.kill_message = "k";
  node.request_attempts = 3;
  node.not_before.ns = 77;
  node.warnings = {"w"};
  node.untrusted_inputs = {"x"};
  node.inline_template = {{"suspend", json::object{}}};
  const auto back = node_from_journal_json(to_journal_json(node));
  ASSERT_TRUE(back.ok()) << back.error().text();
  EXPECT_EQ(to_journal_json(*back), to_journal_json(node));
  EXPECT_EQ(back->started_at.ns, 1'000'000'123);
  EXPECT_EQ(to_status_json(node).if_contains("slipway"), nullptr);
}

TEST(Node, AStatusFormKeepsThePodForItsLogsOnly) {
  const auto node = node_from_journal_json(
      {{"id", "a"}, {"type", "Pod"}, {"phase", "Succeeded"}, {"podId", "p"}});
  ASSERT_TRUE(node.ok());
  EXPECT_EQ(node->pod_id.value, "p");
  EXPECT_TRUE(node->pod_done);
}

TEST(Node, RefusesWhatItDoesNotKnow) {
  EXPECT_FALSE(node_from_journal_json({}).ok());
  EXPECT_FALSE(node_from_journal_json({{"id", "a"}, {"type", "Pood"}}).ok());
  EXPECT_FALSE(node_from_journal_json({{"id", "a"}, {"type", "Pod"}, {"phase", "Done"}}).ok());
  EXPECT_TRUE(node_from_journal_json({{"id", "a"}, {"type", "Pod"}, {"finishedAt", nullptr}}).ok());
}

}  // namespace
}  // namespace slipway::workflow
