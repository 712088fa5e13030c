// Hooks and probes of a container, on plain processes: a real one differs in how a command gets in.
#include "adapter/pod/pod_fixture.h"
#include "adapter/pod/spawn.h"

namespace slipway::adapter {
namespace {

using Type = pod::Action::Type;

class LifecycleTest : public PodTest {
 protected:
  static pod::PodPlan host(const std::string& id, const std::string& script) {
    return shell(id, script, pod::RuntimeKind::kHost);
  }
  static pod::Action command(const std::string& script) {
    return {.command = {"sh", "-c", script}};
  }
  static pod::Probe probe(const std::string& script) {
    return {.action = command(script), .period_s = 1, .failure_threshold = 1};
  }
  // Says that it is up, and goes on until a signal ends it.
  std::string until_stopped(const std::string& on_term) {
    return "trap '" + on_term + "' TERM; : > " + folder_ + "/up; while :; do sleep 0.02; done";
  }
  void start_and_stop(const pod::PodPlan& plan) {
    std::filesystem::remove(folder_ + "/up");
    runtime_->start(plan);
    ASSERT_TRUE(wait_for([this] { return std::filesystem::exists(folder_ + "/up"); }));
    runtime_->stop(plan.id);
  }
};

TEST_F(LifecycleTest, PostStartRunsBesideItsContainer) {
  auto plan = host("l1", "until [ -s hooked ]; do sleep 0.01; done; cat hooked");
  plan.containers[0].env = {{"WHO", "me"}};
  plan.containers[0].post_start = command("echo $WHO > hooked");
  EXPECT_EQ(run(plan).result, "me");
}

TEST_F(LifecycleTest, AFailedPostStartEndsItsContainer) {
  auto plan = host("l2", "sleep 1000");
  plan.containers[0].post_start = command("exit 3");
  EXPECT_EQ(run(plan).message,
            "main: Error (exit code 143): postStart hook failed: the command ended with exit code "
            "3");
  plan.id = PodId("l2b");
  plan.containers[0].post_start->command = {"no-such-command"};
  EXPECT_NE(run(plan).message.find("no-such-command"), std::string::npos);
}

TEST_F(LifecycleTest, MainWaitsForThePostStartOfASidecar) {
  auto plan = host("l3", "cat hooked");
  pod::Container sidecar = plan.containers[0];
  sidecar.name = "side";
  sidecar.role = pod::Container::Role::kSidecar;
  sidecar.command = {"sleep", "1000"};
  sidecar.post_start = command("sleep 0.3; echo first > hooked");
  plan.containers.push_back(sidecar);
  EXPECT_EQ(run(plan).result, "first");
}

TEST_F(LifecycleTest, PreStopIsOverBeforeTheSignal) {
  const std::string order = folder_ + "/order";
  auto plan = host("l4", until_stopped("echo term >> " + order + "; exit 4"));
  plan.containers[0].pre_stop = command("sleep 0.1; echo hook >> " + order);
  start_and_stop(plan);
  EXPECT_EQ(inbox_.end(plan.id).message, "main: Error (exit code 4)");
  EXPECT_EQ(read_file(order), "hook\nterm\n");
}

TEST_F(LifecycleTest, PreStopTakesNoMoreThanTheGraceAndLeavesTimeForTheSignal) {
  auto plan = host("l5", until_stopped("sleep 0.1; exit 5"));
  plan.grace = Duration::milliseconds(100);
  plan.containers[0].pre_stop = {.type = Type::kSleep, .pause = Duration::seconds(1000)};
  start_and_stop(plan);
  EXPECT_EQ(inbox_.end(plan.id).message,
            "main: Error (exit code 5): preStop hook failed: it was not over after 0.1 s");
  plan.id = PodId("l5b");
  plan.containers[0].pre_stop->pause = Duration::milliseconds(20);
  start_and_stop(plan);
  EXPECT_EQ(inbox_.end(plan.id).message, "main: Error (exit code 5)");
}

TEST_F(LifecycleTest, AFailedPreStopIsNoReasonToGoOn) {
  auto plan = host("l6", until_stopped("exit 6"));
  plan.containers[0].pre_stop = {.type = Type::kHttp, .port = 1};
  start_and_stop(plan);
  EXPECT_NE(inbox_.end(plan.id).message.find(
                "main: Error (exit code 6): preStop hook failed: http://127.0.0.1:1/: "),
            std::string::npos);
}

TEST_F(LifecycleTest, AContainerThatEndsByItselfHasNoPreStop) {
  auto plan = host("l7", "true");
  plan.containers[0].pre_stop = command("touch " + folder_ + "/stopped");
  EXPECT_EQ(run(plan).phase, Phase::kSucceeded);
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/stopped"));
}

TEST_F(LifecycleTest, TheStopSignalIsThePlans) {
  auto plan = host("l8", "trap 'exit 8' INT; " + until_stopped("exit 1"));
  plan.containers[0].stop_signal = "SIGINT";
  start_and_stop(plan);
  EXPECT_EQ(inbox_.end(plan.id).exit_code, 8);
}

TEST_F(LifecycleTest, AFailedLivenessProbeEndsItsContainerWithItsOwnGrace) {
  auto plan = host("l9", "trap '' TERM; touch dead; while :; do sleep 0.02; done");
  plan.grace = Duration::seconds(1000);
  plan.containers[0].liveness = probe("test ! -e dead");
  plan.containers[0].liveness->grace = Duration::milliseconds(50);
  EXPECT_EQ(run(plan).message,
            "main: Error (exit code 137): liveness probe failed: the command ended with exit code "
            "1");
}

TEST_F(LifecycleTest, AFailedStartupProbeEndsItsContainer) {
  auto plan = host("l10", "sleep 1000");
  plan.containers[0].startup = probe("false");
  EXPECT_EQ(run(plan).message,
            "main: Error (exit code 143): startup probe failed: the command ended with exit code "
            "1");
}

TEST_F(LifecycleTest, AStartupProbeIsOverWhenItHasPassedAndTheOthersBegin) {
  auto plan =
      host("l11", ": > up; until [ $(cat alive | wc -l) -ge 3 ]; do sleep 0.02; done; cat count");
  plan.containers[0].startup = probe("test -e up && echo once >> count");
  plan.containers[0].startup->failure_threshold =
      1000;  // it may be tried before the container is up
  plan.containers[0].liveness = probe("cat count && echo x >> alive");
  EXPECT_EQ(run(plan).result, "once");
}

TEST_F(LifecycleTest, ADaemonIsNotReadyBeforeItsStartupProbePasses) {
  auto plan = host("l12", "sleep 1000");
  plan.daemon = true;
  plan.containers[0].startup = probe("test -e " + folder_ + "/go");
  plan.containers[0].startup->failure_threshold = 1000;
  runtime_->start(plan);
  EXPECT_EQ(inbox_.running(plan.id).phase, Phase::kRunning);
  std::ofstream(folder_ + "/go") << "";
  const auto ready = inbox_.wait(
      plan.id, [](const pod::PodReport& report) { return report.phase == Phase::kReady; });
  EXPECT_EQ(ready.phase, Phase::kReady);
}

TEST_F(LifecycleTest, AProbeThatTakesTooLongHasFailedAndIsEnded) {
  auto plan = host("l13", "sleep 1000");
  plan.containers[0].liveness = probe("echo $$ > " + folder_ + "/probe; sleep 1000");
  EXPECT_NE(run(plan).message.find("liveness probe failed: it was not over after 1 s"),
            std::string::npos);
  const std::string pid = read_file(folder_ + "/probe");
  EXPECT_TRUE(wait_for([&] { return start_time_of(std::atoi(pid.c_str())) == 0; }));
}

TEST_F(LifecycleTest, APauseForDebuggingEndsWithItsMarker) {
  auto plan = host("l20", "echo ran");
  plan.containers[0].env = {{"ARGO_DEBUG_PAUSE_BEFORE", "true"},
                            {"ARGO_DEBUG_PAUSE_AFTER", "true"}};
  runtime_->start(plan);
  ASSERT_EQ(inbox_.running(plan.id).phase, Phase::kRunning);
  const std::string part = folder_ + "/pods/l20/argo/ctr/main/";
  std::ofstream(part + "before") << "";
  EXPECT_TRUE(wait_for([this] { return log_of("l20") == "ran\n"; }));
  EXPECT_FALSE(std::filesystem::exists(part + "exitcode"));
  std::ofstream(part + "after") << "";
  EXPECT_EQ(inbox_.end(plan.id).result, "ran");
}

}  // namespace
}  // namespace slipway::adapter
