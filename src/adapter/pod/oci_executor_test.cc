// What Argo's executor does for a container beside running it: copies of what it prints, pauses for
// debugging, commands that end it.
#include <fmt/format.h>

#include "adapter/pod/oci_fixture.h"

namespace slipway::adapter {
namespace {

class OciExecutorTest : public OciTest {
 protected:
  std::string part(const std::string& id, const std::string& file) {
    return folder_ + "/pods/" + id + "/argo/ctr/main/" + file;
  }
  void touch(const std::string& path) { std::ofstream(path) << ""; }
  static bool has_children(pid_t pid) {
    const std::string look = fmt::format("ps --ppid {} -o stat= | grep -qv Z", pid);
    return std::system(look.c_str()) == 0;
  }
};

TEST_F(OciExecutorTest, WhatAContainerPrintsIsThereForItsPod) {
  auto plan = oci("x1",
                  "cd /var/run/argo/ctr/main; echo out; echo err >&2; until grep -q err combined; "
                  "do sleep 0.02; done; seen=$(cat stdout); echo $seen");
  plan.containers[0].security.run_as_user = 1234;
  EXPECT_EQ(run(plan).result, "out\nout") << log_of("x1");
  plan.id = PodId("x1b");
  plan.containers.push_back(
      sidecar("side",
              "cd /var/run/argo; until grep -q out ctr/main/stdout; do sleep 0.02; done; "
              "cat ctr/main/combined; touch seen; sleep 1000"));
  plan.containers[0].command = {"sh", "-c",
                                "echo out; until [ -e /var/run/argo/seen ]; do sleep 0.02; done"};
  EXPECT_EQ(run(plan).phase, Phase::kSucceeded) << log_of("x1b", "side");
  EXPECT_EQ(log_of("x1b", "side"), "out\n");
  // Nobody asks for it here, so nothing is copied.
  plan = oci("x1c", "ls -A /var/run/argo/ctr/main");
  plan.capture_result = false;
  EXPECT_EQ(run(plan).phase, Phase::kSucceeded);
  EXPECT_EQ(log_of("x1c"), "");
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/pods/x1c/argo"));
}

TEST_F(OciExecutorTest, NoContainerPutsALinkInThePlaceOfAnothersFolder) {
  auto plan = oci("x2", "echo x");
  pod::Container init =
      sidecar("prep", "rm -r /var/run/argo/ctr/main; ln -s " + folder_ + " /var/run/argo/ctr/main");
  init.role = pod::Container::Role::kInit;
  plan.containers.insert(plan.containers.begin(), init);
  run(plan);
  for (const char* name : {"/exitcode", "/stdout", "/combined"}) {
    EXPECT_FALSE(std::filesystem::exists(folder_ + name)) << name;
  }
}

TEST_F(OciExecutorTest, AKillCommandTakesThePlaceOfTheSignal) {
  auto plan = oci("x3", "until [ -e /v/up ]; do sleep 0.02; done");
  plan.volumes = {{.name = "v", .type = pod::Volume::Type::kClaim, .claim = "default/x3"}};
  plan.containers[0].mounts = {{.volume = "v", .path = "/v"}};
  plan.containers.push_back(
      sidecar("side", "touch /v/up; until [ -e /quit ]; do sleep 0.02; done; exit 0"));
  plan.containers[1].mounts = plan.containers[0].mounts;
  plan.containers[1].kill_command = {"sh", "-c", "echo %d > /v/signal; touch /quit"};
  auto report = run(plan);
  ASSERT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(report.containers[1].exit_code, 0);
  EXPECT_EQ(read_file(folder_ + "/claims/default/x3/signal"), "15\n");
  // One that does not work, and one that ends nothing.
  plan.id = PodId("x3b");
  plan.containers[1].kill_command = {"no-such-command"};
  report = run(plan);
  ASSERT_EQ(report.containers.size(), 2u) << report.message;
  EXPECT_EQ(report.containers[1].exit_code, 143);
  EXPECT_NE(report.containers[1].message.find("kill command failed: "), std::string::npos);
  plan.id = PodId("x3c");
  plan.grace = Duration::milliseconds(300);
  plan.containers[1].kill_command = {"true"};
  EXPECT_EQ(run(plan).containers[1].exit_code, 137);
}

TEST_F(OciExecutorTest, PausesBeforeUntilItsMarkerIsThere) {
  auto plan = oci("x4", "echo ran");
  plan.containers[0].env = {{"ARGO_DEBUG_PAUSE_BEFORE", "true"}};
  runtime_->start(plan);
  ASSERT_EQ(inbox_.running(plan.id).phase, Phase::kRunning);
  EXPECT_FALSE(has_children(supervisor_of("x4")));
  touch(part("x4", "before"));
  EXPECT_EQ(inbox_.end(plan.id).result, "ran");
  // The marker may come from another container; and who is stopped waits no longer.
  plan.id = PodId("x4b");
  plan.containers.push_back(sidecar("side", "touch /var/run/argo/ctr/main/before"));
  EXPECT_EQ(run(plan).result, "ran");
  plan.id = PodId("x4c");
  plan.containers.pop_back();
  runtime_->start(plan);
  ASSERT_EQ(inbox_.running(plan.id).phase, Phase::kRunning);
  runtime_->stop(plan.id);
  EXPECT_EQ(inbox_.end(plan.id).phase, Phase::kFailed);
}

TEST_F(OciExecutorTest, PausesAfterWithItsFilesInPlace) {
  auto plan = oci("x5", "echo made > /made; exit 3");
  plan.containers[0].env = {{"ARGO_DEBUG_PAUSE_AFTER", "true"}};
  runtime_->start(plan);
  ASSERT_EQ(inbox_.running(plan.id).phase, Phase::kRunning);
  const pid_t supervisor = supervisor_of("x5");
  ASSERT_TRUE(wait_for([&] { return !has_children(supervisor); }));
  EXPECT_FALSE(std::filesystem::exists(part("x5", "exitcode")));
  // As the documentation tells to look at it.
  EXPECT_EQ(read_file("/proc/" + std::to_string(supervisor) + "/root" + folder_ +
                      "/pods/x5/run/0/rootfs/made"),
            "made\n");
  touch(part("x5", "after"));
  const auto report = inbox_.end(plan.id);
  EXPECT_EQ(report.message, "main: Error (exit code 3)");
  plan.id = PodId("x5b");
  runtime_->start(plan);
  ASSERT_EQ(inbox_.running(plan.id).phase, Phase::kRunning);
  ASSERT_TRUE(wait_for([&] { return !has_children(supervisor_of("x5b")); }));
  runtime_->stop(plan.id);
  EXPECT_EQ(inbox_.end(plan.id).exit_code, 3);
}

}  // namespace
}  // namespace slipway::adapter
