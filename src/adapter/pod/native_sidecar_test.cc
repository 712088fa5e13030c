// Init containers that are always restarted, on plain processes.
#include "adapter/pod/pod_fixture.h"

namespace slipway::adapter {
namespace {

class NativeSidecarTest : public PodTest {
 protected:
  static pod::Container process(const std::string& name, pod::Container::Role role,
                                const std::string& script) {
    pod::Container container{.name = name, .role = role};
    container.command = {"sh", "-c", script};
    return container;
  }
  static pod::Container native(const std::string& name, const std::string& script) {
    pod::Container container = process(name, pod::Container::Role::kSidecar, script);
    container.restarts = true;
    return container;
  }
  // `before` in their order, then main.
  static pod::PodPlan plan(const std::string& id, std::vector<pod::Container> before,
                           const std::string& main) {
    pod::PodPlan plan = shell(id, main, pod::RuntimeKind::kHost);
    plan.containers.insert(plan.containers.begin(), before.begin(), before.end());
    return plan;
  }
  // A file that outlives the pod, whose processes share a folder otherwise.
  std::string kept(const std::string& name) const { return folder_ + "/" + name; }
  // Runs until it is told to end, which it notes.
  std::string server(const std::string& name) const {
    return "trap 'echo " + name + " >> " + kept("order") + "; exit 1' TERM; : > " + name +
           "-up; while :; do sleep 0.02; done";
  }
};

constexpr auto kInit = pod::Container::Role::kInit;

TEST_F(NativeSidecarTest, TheNextInitContainerRunsBesideIt) {
  const auto report = run(plan(
      "n1",
      {native("db", server("db")),
       process("migrate", kInit, "until test -e db-up; do sleep 0.01; done; echo migrated > m")},
      "cat m"));
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(report.result, "migrated");
}

TEST_F(NativeSidecarTest, ItIsNotStartedBeforeItsTurn) {
  const auto report = run(plan("n2",
                               {process("make", kInit, ": > made"),
                                native("db", "ls made >> " + kept("found") + "; " + server("db"))},
                               "until test -e db-up; do sleep 0.01; done"));
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(read_file(kept("found")), "made\n");
}

TEST_F(NativeSidecarTest, TheNextInitContainerWaitsForItsStartupProbe) {
  auto wanted = plan("n3",
                     {native("db", server("db")),
                      process("migrate", kInit, "test -e passed && echo in order > m")},
                     "cat m");
  wanted.containers[0].startup =
      pod::Probe{.action = {.command = {"sh", "-c", "test -e db-up && : > passed"}},
                 .failure_threshold = 1000};
  EXPECT_EQ(run(wanted).result, "in order");
}

TEST_F(NativeSidecarTest, ItIsStartedAgainWhileMainRunsAndItsEndIsNoFailure) {
  const auto report =
      run(plan("n4", {native("db", "trap 'exit 3' TERM; echo up; echo up >> ups; exit 3")},
               "until [ $(cat ups | wc -l) -ge 2 ]; do sleep 0.01; done"));
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(report.containers[0].exit_code, 3);
  EXPECT_EQ(log_of("n4", "db"), "up\nup\n");
}

TEST_F(NativeSidecarTest, ItIsStartedAgainWhenItsProbeFails) {
  auto wanted = plan("n5", {native("db", "echo up >> ups; " + server("db"))},
                     "until [ $(cat ups | wc -l) -ge 2 ]; do sleep 0.01; done");
  wanted.containers[0].liveness =
      pod::Probe{.action = {.command = {"sh", "-c", "[ $(cat ups | wc -l) -ge 2 ]"}},
                 .period_s = 1,
                 .failure_threshold = 1};
  const auto report = run(wanted);
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(report.containers[0].message,
            "liveness probe failed: the command ended with exit code 1");
}

TEST_F(NativeSidecarTest, TheyEndInReverseOrderAfterTheOthers) {
  auto wanted =
      plan("n6", {native("a", server("a")), native("b", server("b"))},
           "until test -e a-up -a -e b-up -a -e c-up; do sleep 0.01; done; echo main >> " +
               kept("order"));
  wanted.containers.push_back(
      process("c", pod::Container::Role::kSidecar,
              "trap 'sleep 0.2; echo c >> " + kept("order") +
                  "; exit 0' TERM; : > c-up; while :; do sleep 0.02; done"));
  wanted.containers[0].pre_stop =
      pod::Action{.command = {"sh", "-c", "cat " + kept("order") + " > " + kept("seen")}};
  const auto report = run(wanted);
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(read_file(kept("seen")), "main\nc\nb\n");
  EXPECT_EQ(read_file(kept("order")), "main\nc\nb\na\n");
}

TEST_F(NativeSidecarTest, AStopDoesNotWaitForTheNextStart) {
  const auto wanted =
      plan("n7", {native("db", "trap 'exit 3' TERM; echo up; exit 3")}, "sleep 1000");
  runtime_->start(wanted);
  ASSERT_TRUE(wait_for([this] { return log_of("n7", "db") == "up\nup\n"; }));
  runtime_->stop(wanted.id);
  const auto report = inbox_.end(wanted.id);
  EXPECT_EQ(report.phase, Phase::kFailed);
  EXPECT_EQ(report.containers[0].exit_code, 3);
  EXPECT_EQ(log_of("n7", "db"), "up\nup\n");
}

TEST_F(NativeSidecarTest, OneThatCannotBeStartedFailsThePodAtOnce) {
  auto wanted = plan("n8", {native("db", "")}, "true");
  wanted.containers[0].command = {"no-such-command"};
  const auto report = run(wanted);
  EXPECT_EQ(report.phase, Phase::kError);
  EXPECT_NE(report.message.find("container db: "), std::string::npos) << report.message;
  EXPECT_NE(report.message.find("no-such-command"), std::string::npos) << report.message;
}

}  // namespace
}  // namespace slipway::adapter
