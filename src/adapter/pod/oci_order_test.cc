// Which container of a pod runs when.
#include "adapter/pod/oci_fixture.h"

namespace slipway::adapter {
namespace {

class OciOrderTest : public OciTest {};

TEST_F(OciOrderTest, InitContainersRunInOrderAndAFailureEndsThePod) {
  auto plan = oci("o9", "cat /v/log");
  plan.volumes = {{.name = "v"}};
  plan.containers[0].mounts = {{.volume = "v", .path = "/v"}};
  for (const char* name : {"two", "one"}) {
    pod::Container init = sidecar(name, std::string("echo ") + name + " >> /v/log");
    init.role = pod::Container::Role::kInit;
    init.mounts = plan.containers.back().mounts;
    plan.containers.insert(plan.containers.begin(), init);
  }
  EXPECT_EQ(run(plan).result, "one\ntwo");
  plan.id = PodId("o9b");
  plan.containers[1].command = {"false"};
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kFailed);
  EXPECT_EQ(report.message, "two: Error (exit code 1)");
  EXPECT_FALSE(report.exit_code.has_value());
}

TEST_F(OciOrderTest, MainWaitsForAReadySidecarWhichIsStoppedAfterIt) {
  auto plan = oci("o10", "wget -qO- http://localhost:8080/x");
  plan.containers.push_back(sidecar("web", "mkdir /w; echo served > /w/x; httpd -f -p 8080 -h /w"));
  plan.containers[1].readiness =
      pod::Probe{.action = {.type = pod::Action::Type::kHttp, .path = "/x", .port = 8080}};
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(report.result, "served");
  ASSERT_EQ(report.containers.size(), 2u);
  EXPECT_EQ(report.containers[1].exit_code, 143);  // httpd has no handler: as under an emissary
  for (const auto type : {pod::Action::Type::kTcp, pod::Action::Type::kExec}) {
    plan.id = PodId(type == pod::Action::Type::kTcp ? "o10b" : "o10c");
    plan.containers[1].readiness->action.type = type;
    plan.containers[1].readiness->action.command = {"test", "-e", "/w/x"};
    EXPECT_EQ(run(plan).phase, Phase::kSucceeded);
  }
}

TEST_F(OciOrderTest, ANativeSidecarStartsAgainWithTheFilesOfItsImage) {
  auto plan = oci("o33", "until [ $(cat /v/ups | wc -l) -ge 2 ]; do sleep 0.02; done");
  plan.volumes = {{.name = "v"}};
  pod::Container db = sidecar("db", "ls /home; touch /home/left; echo up >> /v/ups; exit 3");
  db.restarts = true;
  db.mounts = plan.containers[0].mounts = {{.volume = "v", .path = "/v"}};
  plan.containers.insert(plan.containers.begin(), db);
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(log_of("o33", "db"), "joe\njoe\n");
}

TEST_F(OciOrderTest, ADaemonIsReadyAndGoesWhenStopped) {
  auto plan = oci("o11", "sleep 0.3; touch /up; trap 'exit 0' TERM; while :; do sleep 0.05; done");
  plan.daemon = true;
  plan.containers[0].readiness = pod::Probe{.action = {.command = {"test", "-e", "/up"}}};
  runtime_->start(plan);
  const auto ready = inbox_.wait(
      plan.id, [](const pod::PodReport& report) { return report.phase == Phase::kReady; });
  EXPECT_EQ(ready.phase, Phase::kReady);
  EXPECT_FALSE(ready.pod_ip.empty());
  runtime_->stop(plan.id);
  EXPECT_EQ(inbox_.end(plan.id).phase, Phase::kSucceeded);
}

TEST_F(OciOrderTest, ContainersOfASetWaitForEachOther) {
  auto plan = oci("o12", "cat /v/x");
  plan.volumes = {{.name = "v"}};
  plan.containers[0].mounts = {{.volume = "v", .path = "/v"}};
  plan.containers[0].depends_on = {"a"};
  pod::Container first = sidecar("a", "sleep 0.1; echo a > /v/x");
  first.role = pod::Container::Role::kMain;
  first.mounts = plan.containers[0].mounts;
  plan.containers.push_back(first);
  EXPECT_EQ(run(plan).result, "a");
  plan.id = PodId("o12b");
  plan.containers[1].command = {"sh", "-c", "exit 4"};
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kFailed);
  EXPECT_EQ(report.containers[1].exit_code, 4);
  EXPECT_NE(report.containers[0].message.find("depends on container a"), std::string::npos);
}

TEST_F(OciOrderTest, AContainerIsTriedAgainInTheSameFiles) {
  auto plan = oci("o32", "echo x >> /n; echo try $(wc -l < /n); [ $(wc -l < /n) = 3 ] || exit 5");
  plan.containers[0].tries = 3;
  plan.containers[0].try_pause = Duration::milliseconds(20);
  auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(report.result, "try 3");
  EXPECT_EQ(log_of("o32"), "try 1\ntry 2\ntry 3\n");
  plan.id = PodId("o32b");
  plan.containers[0].tries = 2;
  report = run(plan);
  EXPECT_EQ(report.message, "main: Error (exit code 5)");
  EXPECT_EQ(log_of("o32b"), "try 1\ntry 2\n");
  plan.id = PodId("o32c");
  plan.containers[0].try_pause = Duration::seconds(1000);
  runtime_->start(plan);
  EXPECT_TRUE(wait_for([this] { return log_of("o32c") == "try 1\n"; }));
  EXPECT_EQ(inbox_.running(plan.id).phase, Phase::kRunning);
  runtime_->stop(plan.id);
  EXPECT_EQ(inbox_.end(plan.id).phase, Phase::kFailed);
  EXPECT_EQ(log_of("o32c"), "try 1\n");
}

}  // namespace
}  // namespace slipway::adapter
