// How pods end, and what is left of them: stopped, killed, removed, without their parents.
#include <signal.h>

#include "adapter/pod/oci_fixture.h"

namespace slipway::adapter {
namespace {

class OciEndTest : public OciTest {};

TEST_F(OciEndTest, OutOfMemoryIsToldAsSuch) {
  auto plan = oci("o13", "head -c 200000000 /dev/zero | tail -c 150000000 | wc -c; exit 1");
  plan.containers[0].command = {"sh", "-c", "exec tail -c 150000000 /dev/zero"};
  plan.containers[0].resources.memory_limit_bytes = 20 << 20;
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kFailed);
  EXPECT_EQ(report.message, "main: OOMKilled (exit code 137)");
}

TEST_F(OciEndTest, ADefaultDispositionOfSigtermEndsAtOnceAndAnIgnoringOneAfterItsGrace) {
  auto plan = oci("o15", "exec sleep 1000");
  plan.grace = Duration::seconds(1000);
  runtime_->start(plan);
  EXPECT_EQ(inbox_.running(PodId("o15")).phase, Phase::kRunning);
  runtime_->stop(PodId("o15"));
  EXPECT_EQ(inbox_.end(PodId("o15")).message, "main: Error (exit code 143)");
  plan = oci("o16", "trap '' TERM; touch /t; while :; do sleep 0.02; done");
  plan.grace = Duration::milliseconds(200);
  runtime_->start(plan);
  EXPECT_EQ(inbox_.running(PodId("o16")).phase, Phase::kRunning);
  runtime_->stop(PodId("o16"));
  const auto report = inbox_.end(PodId("o16"));
  EXPECT_TRUE(report.exit_code == 137 || report.exit_code == 143) << report.message;
}

TEST_F(OciEndTest, AKilledSupervisorLeavesNothing) {
  runtime_->start(oci("o24", "sleep 1000"));
  EXPECT_EQ(inbox_.running(PodId("o24")).phase, Phase::kRunning);
  ASSERT_TRUE(cgroup_exists("o24"));
  ::kill(supervisor_of("o24"), SIGKILL);
  const auto report = inbox_.end(PodId("o24"));
  EXPECT_EQ(report.phase, Phase::kError);
  EXPECT_EQ(report.reason, "SupervisorLost");
  EXPECT_FALSE(cgroup_exists("o24"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/pods/o24/c"));
}

TEST_F(OciEndTest, PodsOutliveServerAndNursery) {
  runtime_->start(oci("o25", "until [ -e /v/go ]; do sleep 0.02; done; echo lived"));
  auto plan = oci("o26", "until [ -e /v/go ]; do sleep 0.02; done; echo lived");
  plan.volumes = {{.name = "v", .type = pod::Volume::Type::kClaim, .claim = "default/v"}};
  plan.containers[0].mounts = {{.volume = "v", .path = "/v"}};
  runtime_->start(plan);
  EXPECT_EQ(inbox_.running(plan.id).phase, Phase::kRunning);
  EXPECT_EQ(inbox_.running(PodId("o25")).phase, Phase::kRunning);
  inbox_.clear();
  runtime_.reset();
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string line = read_file(entry.path().string() + "/cmdline");
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0 || line.find("nursery") == std::string::npos) continue;
    const bool supervisor = pid == supervisor_of("o25") || pid == supervisor_of("o26");
    if (line.find(folder_) != std::string::npos && !supervisor) ::kill(pid, SIGKILL);
  }
  // One of them is lost while nobody looks; the other goes on.
  ::kill(supervisor_of("o25"), SIGKILL);
  connect();
  runtime_->start(plan);
  runtime_->start(oci("o25", "echo never"));
  EXPECT_EQ(inbox_.end(PodId("o25")).reason, "SupervisorLost");
  EXPECT_TRUE(wait_for([] { return !cgroup_exists("o25"); }));
  std::ofstream(folder_ + "/claims/default/v/go") << "";
  const auto report = inbox_.end(plan.id);
  EXPECT_EQ(report.result, "lived") << report.message;
}

TEST_F(OciEndTest, RemovingARunningPodEndsItAndLeavesNothing) {
  runtime_->start(oci("o27", "sleep 1000"));
  EXPECT_EQ(inbox_.running(PodId("o27")).phase, Phase::kRunning);
  runtime_->remove(PodId("o27"));
  EXPECT_TRUE(wait_for([this] { return runtime_->list().empty(); }));
  EXPECT_FALSE(cgroup_exists("o27"));
}

TEST_F(OciEndTest, RemovingAPodThatHasJustEndedLeavesNothing) {
  for (int i = 0; i < 5; ++i) {
    const std::string id = "o27-" + std::to_string(i);
    EXPECT_EQ(run(oci(id, "true")).phase, Phase::kSucceeded);
    runtime_->remove(PodId(id));
    EXPECT_TRUE(wait_for([&] { return !cgroup_exists(id); })) << id;
  }
}

}  // namespace
}  // namespace slipway::adapter
