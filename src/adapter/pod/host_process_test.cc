// Pods of plain processes.
#include <signal.h>

#include "adapter/pod/pod_fixture.h"
#include "adapter/pod/spawn.h"

namespace slipway::adapter {
namespace {

class HostPodTest : public PodTest {
 protected:
  static pod::PodPlan host(const std::string& id, const std::string& script) {
    return shell(id, script, pod::RuntimeKind::kHost);
  }
};

TEST_F(HostPodTest, RunsAStepAndTellsItsResult) {
  const auto report = run(host("h1", "echo hello; echo; echo oops >&2"));
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(report.result, "hello\n");  // one trailing newline dropped, not all
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_NE(log_of("h1").find("oops"), std::string::npos);
}

TEST_F(HostPodTest, FailsInArgosWords) {
  const auto report = run(host("h2", "exit 3"));
  EXPECT_EQ(report.phase, Phase::kFailed);
  EXPECT_EQ(report.message, "main: Error (exit code 3)");
  EXPECT_EQ(report.exit_code, 3);
}

TEST_F(HostPodTest, NamesAMissingCommand) {
  auto plan = host("h3", "");
  plan.containers[0].command = {"no-such-program"};
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kFailed);
  EXPECT_NE(report.message.find("no-such-program"), std::string::npos) << report.message;
  EXPECT_EQ(report.exit_code, 64);
}

TEST_F(HostPodTest, RunsAScriptWithItsEnvironmentInItsOwnFolder) {
  auto plan = host("h4", "");
  plan.containers[0].command = {"sh"};
  plan.containers[0].script_source = "pwd; echo $WHO > mine; cat mine";
  plan.containers[0].env = {{"WHO", "a b"}};
  const auto report = run(plan);
  EXPECT_EQ(report.result, folder_ + "/host/h4\na b");
}

TEST_F(HostPodTest, AStopEndsAProcessThatIgnoresSigtermAfterItsGrace) {
  auto plan = host("h5", "trap '' TERM; while :; do sleep 0.02; done");
  plan.grace = Duration::milliseconds(100);
  runtime_->start(plan);
  EXPECT_EQ(inbox_.running(PodId("h5")).phase, Phase::kRunning);
  runtime_->stop(PodId("h5"));
  const auto report = inbox_.end(PodId("h5"));
  EXPECT_EQ(report.phase, Phase::kFailed);
  EXPECT_EQ(report.message, "main: Error (exit code 137)");
}

TEST_F(HostPodTest, ADeadlineIsToldAsKubernetesTellsIt) {
  auto plan = host("h6", "sleep 100");
  plan.active_deadline = Duration::milliseconds(50);
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kFailed);
  EXPECT_EQ(report.reason, "DeadlineExceeded");
  EXPECT_EQ(report.message, "Pod was active on the node longer than the specified deadline");
}

TEST_F(HostPodTest, StartingAgainRepeatsTheEndAndRunsNothingTwice) {
  const std::string count = folder_ + "/count";
  const auto plan = host("h7", "echo x >> " + count);
  EXPECT_EQ(run(plan).phase, Phase::kSucceeded);
  inbox_.clear();
  connect();  // another server
  EXPECT_EQ(run(plan).phase, Phase::kSucceeded);
  inbox_.clear();
  connect();
  runtime_->adopt(plan.id);
  EXPECT_EQ(inbox_.end(plan.id).phase, Phase::kSucceeded);
  EXPECT_EQ(read_file(count), "x\n");
}

TEST_F(HostPodTest, APodThatIsNotThereIsAdoptedAsGone) {
  for (const char* id : {"h16", "../evil"}) {
    runtime_->adopt(PodId(id));
    const auto report = inbox_.end(PodId(id));
    EXPECT_EQ(report.phase, Phase::kGone);
    EXPECT_NE(report.message.find(id), std::string::npos) << report.message;
  }
}

TEST_F(HostPodTest, ANewServerAdoptsARunningPod) {
  runtime_->start(host("h8", "until [ -e " + folder_ + "/go ]; do sleep 0.01; done; echo done"));
  EXPECT_EQ(inbox_.running(PodId("h8")).phase, Phase::kRunning);
  inbox_.clear();
  connect();
  runtime_->adopt(PodId("h8"));
  EXPECT_EQ(inbox_.running(PodId("h8")).phase, Phase::kRunning);
  std::ofstream(folder_ + "/go") << "";
  EXPECT_EQ(inbox_.end(PodId("h8")).result, "done");
}

TEST_F(HostPodTest, AKilledNurseryIsReplacedAndItsPodsAreReportedLostAndEnded) {
  runtime_->start(host("h9", "echo $$ > " + folder_ + "/pid; sleep 1000"));
  EXPECT_EQ(inbox_.running(PodId("h9")).phase, Phase::kRunning);
  ASSERT_TRUE(wait_for([this] { return !read_file(folder_ + "/pid").empty(); }));
  const pid_t step = std::atoi(read_file(folder_ + "/pid").c_str());
  const uint64_t started = start_time_of(step);
  ASSERT_NE(started, 0u);
  ASSERT_GT(nursery_pid(), 0);
  ::kill(nursery_pid(), SIGKILL);
  const auto report = inbox_.end(PodId("h9"));
  EXPECT_EQ(report.phase, Phase::kError);
  EXPECT_NE(report.message.find("supervisor lost"), std::string::npos) << report.message;
  EXPECT_TRUE(wait_for([&] { return start_time_of(step) != started; }));
  // The next pod runs as if nothing had been.
  EXPECT_EQ(run(host("h10", "echo ok")).result, "ok");
}

TEST_F(HostPodTest, AnAdoptedPodIsStoppedWithTheGraceItWasStartedWith) {
  auto plan = host("h17", "trap '' TERM; while :; do sleep 0.02; done");
  plan.grace = Duration::milliseconds(100);
  runtime_->start(plan);
  EXPECT_EQ(inbox_.running(plan.id).phase, Phase::kRunning);
  inbox_.clear();
  connect();
  runtime_->adopt(plan.id);
  runtime_->stop(plan.id);
  EXPECT_EQ(inbox_.end(plan.id).message, "main: Error (exit code 137)");
}

TEST_F(HostPodTest, AStopIsNotLostWithTheNurseryThatDidNotReadIt) {
  auto plan = host("h18", "trap 'echo stopped; exit 0' TERM; : > " + folder_ +
                              "/up; while :; do sleep 0.02; done");
  plan.output_parameters = {{.name = "p", .path = "p", .fallback = "x"}};  // has a supervisor
  runtime_->start(plan);
  ASSERT_TRUE(wait_for([this] { return std::filesystem::exists(folder_ + "/up"); }));
  const pid_t nursery = nursery_pid();
  ASSERT_GT(nursery, 0);
  ::kill(nursery, SIGSTOP);
  runtime_->stop(plan.id);
  ::kill(nursery, SIGKILL);
  EXPECT_EQ(inbox_.end(plan.id).result, "stopped");
}

TEST_F(HostPodTest, RemovingARunningPodEndsItAndLeavesNoFolder) {
  runtime_->start(host("h11", "sleep 1000"));
  EXPECT_EQ(inbox_.running(PodId("h11")).phase, Phase::kRunning);
  runtime_->remove(PodId("h11"));
  EXPECT_TRUE(wait_for([this] { return runtime_->list().empty(); }));
}

TEST_F(HostPodTest, AHugeOutputIsBoundAndKeepsHeadAndTail) {
  options_.log_limit_bytes = 64 << 10;
  connect();
  const auto report = run(host("h12",
                               "echo first; head -c 3000000 /dev/zero | tr '\\0' x; echo; "
                               "echo last"));
  EXPECT_EQ(report.phase, Phase::kSucceeded);
  const std::string log = log_of("h12");
  EXPECT_TRUE(log.starts_with("first\n"));
  EXPECT_TRUE(log.ends_with("\nlast\n"));
  EXPECT_NE(log.find("bytes of this log are not kept"), std::string::npos);
  EXPECT_LT(log.size(), (64u << 10) + 200);
  EXPECT_LE(report.result->size(), limit::kResultBytes);
}

TEST_F(HostPodTest, ASupervisedHostPodSavesItsOutputs) {
  auto plan = host("h13", "echo 42 > answer; mkdir d; echo in > d/f; echo 1/2 > progress");
  plan.output_parameters = {{.name = "answer", .path = "answer"},
                            {.name = "none", .path = "none", .fallback = "dflt"}};
  plan.output_artifacts = {{.name = "d", .path = "d", .location = {.key = "wf/h13/d.tgz"}}};
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(report.parameters.at("answer"), "42");
  EXPECT_EQ(report.parameters.at("none"), "dflt");
  ASSERT_EQ(report.artifacts.size(), 1u);
  EXPECT_EQ(report.artifacts[0].key, "wf/h13/d.tgz");
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/artifacts"));
}

TEST_F(HostPodTest, AMissingOutputIsAnError) {
  auto plan = host("h14", "true");
  plan.output_parameters = {{.name = "answer", .path = "answer"}};
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kError);
  EXPECT_NE(report.message.find("answer"), std::string::npos);
}

TEST_F(HostPodTest, VolumesAreRefusedWithAReason) {
  auto plan = host("h15", "true");
  plan.volumes = {{.name = "v"}};
  plan.containers[0].mounts = {{.volume = "v", .path = "/v"}};
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kError);
  EXPECT_NE(report.message.find("host runtime has no volumes"), std::string::npos)
      << report.message;
}

TEST_F(HostPodTest, ABadPodIdIsRefused) {
  const auto report = run(host("../evil", "true"));
  EXPECT_EQ(report.phase, Phase::kError);
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/evil"));
}

TEST_F(HostPodTest, ManyStepsAtOnceAllEnd) {
  constexpr int kSteps = 200;
  for (int i = 0; i < kSteps; ++i) runtime_->start(host("many" + std::to_string(i), "exit 0"));
  for (int i = 0; i < kSteps; ++i) {
    EXPECT_EQ(inbox_.end(PodId("many" + std::to_string(i))).phase, Phase::kSucceeded);
  }
}

}  // namespace
}  // namespace slipway::adapter
