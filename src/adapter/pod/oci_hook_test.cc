// Commands of hooks and probes inside real containers.
#include "adapter/pod/oci_fixture.h"

namespace slipway::adapter {
namespace {

class OciHookTest : public OciTest {
 protected:
  static pod::Action command(const std::string& script) {
    return {.command = {"sh", "-c", script}};
  }
};

TEST_F(OciHookTest, AHookRunsInsideAsTheContainersUserWithItsVariables) {
  auto plan = oci("k1", "until [ -s /tmp/hooked ]; do sleep 0.01; done; cat /tmp/hooked");
  plan.containers[0].env = {{"WHO", "me"}};
  plan.containers[0].working_dir = "/etc";
  plan.containers[0].security.run_as_user = 1000;
  plan.containers[0].post_start =
      command("echo $WHO $(id -u) $(pwd) $(grep -c Seccomp:.2 /proc/self/status) > /tmp/hooked");
  EXPECT_EQ(run(plan).result, "me 1000 /etc 1") << log_of("k1");
  plan.id = PodId("k1b");
  plan.containers[0].command = {"sleep", "1000"};
  plan.containers[0].post_start = command("exit 3");
  EXPECT_EQ(run(plan).message,
            "main: Error (exit code 143): postStart hook failed: the command ended with exit code "
            "3");
}

TEST_F(OciHookTest, PreStopComesBeforeTheStopSignalOfThePlanNotOfTheImage) {
  import_image("test/signal:1", {.stop_signal = "SIGUSR1"});
  auto plan = oci("k2",
                  "trap 'cat /tmp/order; exit 0' USR2; trap 'exit 1' USR1; touch /tmp/up; "
                  "while :; do sleep 0.02; done");
  plan.containers[0].image = "test/signal:1";
  plan.containers[0].stop_signal = "SIGUSR2";
  plan.containers[0].pre_stop = command("echo hook > /tmp/order");
  plan.containers[0].readiness = pod::Probe{.action = command("test -e /tmp/up")};
  plan.daemon = true;
  runtime_->start(plan);
  const auto ready = inbox_.wait(
      plan.id, [](const pod::PodReport& report) { return report.phase == Phase::kReady; });
  EXPECT_EQ(ready.phase, Phase::kReady);
  runtime_->stop(plan.id);
  EXPECT_EQ(inbox_.end(plan.id).result, "hook") << log_of("k2");
}

TEST_F(OciHookTest, WhatAProbeThatTookTooLongLeftIsEnded) {
  auto plan =
      oci("k3",
          "until [ -s /tmp/pid ]; do sleep 0.01; done; pid=$(cat /tmp/pid); "
          "while [ -d /proc/$pid ] || pgrep -f 'sleep 100[0]'; do sleep 0.02; done > /dev/null; "
          "echo gone");
  plan.active_deadline = Duration::seconds(15);
  plan.containers[0].readiness =
      pod::Probe{.action = command("[ ! -e /tmp/pid ] || exit 1; echo $$ > /tmp/pid; sleep 1000")};
  EXPECT_EQ(run(plan).result, "gone") << log_of("k3");
}

// crun leaves a dead process in the container for each.
TEST_F(OciHookTest, CommandsThatAreNotThereDoNotKeepAContainerFromItsEnd) {
  auto plan = oci("k4", "sleep 1000");
  for (int i = 0; i < 5; ++i) {
    plan.id = PodId("k4" + std::to_string(i));
    plan.containers[0].post_start = pod::Action{.command = {"no-such-command"}};
    const auto report = run(plan);
    ASSERT_EQ(report.phase, Phase::kFailed) << report.message;
    EXPECT_NE(report.message.find("postStart hook failed"), std::string::npos) << report.message;
  }
}

}  // namespace
}  // namespace slipway::adapter
