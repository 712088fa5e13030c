// One container: its image, user, rights, process and output.
#include "adapter/pod/oci_fixture.h"
#include "adapter/pod/spawn.h"

namespace slipway::adapter {
namespace {

class OciPodTest : public OciTest {};

TEST_F(OciPodTest, RunsAContainerAndTellsItsResult) {
  const auto report = run(oci("o1", "echo hello; echo oops >&2; cat /etc/hostname"));
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(report.result, "hello\npod-o1");
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_NE(log_of("o1").find("oops"), std::string::npos);
  EXPECT_FALSE(report.pod_ip.empty());
  EXPECT_TRUE(wait_for([] { return !cgroup_exists("o1"); }));
  EXPECT_TRUE(wait_for([this] { return !std::filesystem::exists(folder_ + "/pods/o1/c"); }));
}

TEST_F(OciPodTest, FailsInArgosWords) {
  const auto report = run(oci("o2", "exit 7"));
  EXPECT_EQ(report.phase, Phase::kFailed);
  EXPECT_EQ(report.message, "main: Error (exit code 7)");
}

TEST_F(OciPodTest, IsConfinedAsDockerConfines) {
  const auto report = run(oci("o3",
                              "grep -E '^(Seccomp|CapEff|NoNewPrivs):' /proc/self/status | tr -s "
                              "'\\t\\n' '  '; cat /proc/kcore | wc -c; echo 1 > "
                              "/proc/sys/kernel/panic || echo denied; mount -t tmpfs none /tmp || "
                              "echo no-mount; id -u; ls /proc | grep -c '^[0-9]*$'"));
  ASSERT_EQ(report.phase, Phase::kSucceeded) << report.message << log_of("o3");
  EXPECT_NE(report.result->find("Seccomp: 2"), std::string::npos) << *report.result;
  EXPECT_NE(report.result->find("CapEff: 00000000a80425fb"), std::string::npos) << *report.result;
  EXPECT_NE(report.result->find(" 0\ndenied\nno-mount\n0\n"), std::string::npos) << *report.result;
}

TEST_F(OciPodTest, ContainersSeeEachOtherWhereTheyShareTheirProcesses) {
  const std::string look =
      "[ $$ = 1 ] && echo alone; until [ -e /v/up ]; do sleep 0.02; done; "
      "ps | grep -c '[s]leep 4321$'";
  auto plan = oci("o39", look);
  plan.containers.push_back(sidecar("side", "sleep 4321 & : > /v/up; wait"));
  plan.volumes = {{.name = "v"}};
  for (auto& container : plan.containers) container.mounts = {{.volume = "v", .path = "/v"}};
  EXPECT_EQ(run(plan).result, "alone\n0");
  plan.id = PodId("o39b");
  plan.share_pid = true;
  const auto report = run(plan);
  EXPECT_EQ(report.result, "1") << report.message;
  EXPECT_EQ(report.containers[1].exit_code, 143);
  EXPECT_TRUE(wait_for([] { return !cgroup_exists("o39b"); }));
}

TEST_F(OciPodTest, AllowPrivilegeEscalationAndReadOnlyRoot) {
  auto plan = oci("o4", "grep NoNewPrivs /proc/self/status; touch /x || echo read-only");
  plan.containers[0].security.allow_privilege_escalation = false;
  plan.containers[0].security.read_only_root = true;
  const auto report = run(plan);
  EXPECT_EQ(report.result, "NoNewPrivs:\t1\nread-only");
}

TEST_F(OciPodTest, ResolvesUsersOfTheImage) {
  ImageConfig config;
  config.user = "joe";
  config.cmd = {"sh", "-c", "id; echo $HOME"};
  config.working_dir = "/home/joe";
  import_image("test/joe:1", config);
  auto plan = oci("o5", "");
  plan.containers[0].image = "test/joe:1";
  plan.containers[0].command.clear();
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(report.result, "uid=1234(joe) gid=1235(joe) groups=77(crew)\n/home/joe");
  plan.id = PodId("o5b");
  plan.containers[0].security.run_as_user = 99;
  plan.containers[0].security.fs_group = 500;
  EXPECT_EQ(run(plan).result, "uid=99 gid=0 groups=500\n/");
  plan.id = PodId("o5c");
  plan.containers[0].security.run_as_user = 0;
  plan.containers[0].security.run_as_non_root = true;
  const auto refused = run(plan);
  EXPECT_EQ(refused.phase, Phase::kError);
  EXPECT_NE(refused.message.find("runAsNonRoot"), std::string::npos);
}

TEST_F(OciPodTest, RunsScriptsFromAFile) {
  auto plan = oci("o6", "");
  plan.containers[0].command = {"sh"};
  plan.containers[0].script_source = "echo $0 $((6 * 7))";
  EXPECT_EQ(run(plan).result, "/argo/staging/script 42");
}

TEST_F(OciPodTest, TheFolderOfArgosExecutorIsThereForEveryUser) {
  auto plan = oci("o80",
                  "cat /var/run/argo/template; echo 1/2 > $ARGO_PROGRESS_FILE; "
                  "ln -s /etc/hosts /var/run/argo/ctr/main/exitcode; exit 3");
  plan.containers[0].env = {{"ARGO_TEMPLATE", "{\"name\":\"t\"}"},
                            {"ARGO_PROGRESS_FILE", "/var/run/argo/progress"}};
  plan.containers[0].security.run_as_user = 1234;
  plan.containers.push_back(plan.containers[0]);
  plan.containers[1].name = "after";
  plan.containers[1].command = {"sh", "-c",
                                "until grep -qx 3 /var/run/argo/ctr/main/exitcode; do :; done"};
  const auto report = run(plan);
  EXPECT_EQ(report.result, "{\"name\":\"t\"}") << log_of("o80");
  EXPECT_EQ(report.progress, "1/2");
  EXPECT_EQ(report.exit_code, 3);
}

TEST_F(OciPodTest, ATerminalAndAnOpenInput) {
  auto plan = oci("o33", "tty; [ -t 1 ] && echo terminal; echo err >&2");
  plan.containers[0].tty = true;
  EXPECT_EQ(run(plan).result, "/dev/pts/0\r\nterminal\r\nerr\r") << log_of("o33");
  plan = oci("o34", "timeout 0.2 cat; echo $?");
  EXPECT_EQ(run(plan).result, "0");  // nothing to read
  plan.id = PodId("o34b");
  plan.containers[0].stdin = true;
  EXPECT_EQ(run(plan).result, "143");  // open: it waited
}

TEST_F(OciPodTest, LimitsArriveInTheGroup) {
  auto plan = oci("o14",
                  "cat /sys/fs/cgroup/pids$(sed -n 's/.*:pids://p' /proc/self/cgroup)/pids.max "
                  "2>/dev/null || cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max");
  options_.pids_limit = 77;
  connect();
  const auto report = run(plan);
  EXPECT_NE(report.result->find("77"), std::string::npos) << log_of("o14");
}

TEST_F(OciPodTest, ImagesThatAreNotThereAreNamed) {
  auto plan = oci("o17", "true");
  plan.containers[0].image = "test/none:7";
  plan.containers[0].pull_policy = pod::PullPolicy::kNever;
  auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kError);
  EXPECT_EQ(report.reason, "ErrImageNeverPull");
  EXPECT_NE(report.message.find("test/none:7"), std::string::npos) << report.message;
  plan.id = PodId("o17b");
  plan.containers[0].image = "NOT A NAME";
  plan.containers[0].pull_policy = pod::PullPolicy::kIfNotPresent;
  report = run(plan);
  EXPECT_EQ(report.phase, Phase::kError);
  EXPECT_EQ(report.reason, "InvalidImageName");
  EXPECT_NE(report.message.find("NOT A NAME"), std::string::npos) << report.message;
}

TEST_F(OciPodTest, AMissingRuntimeSaysWhatToInstall) {
  options_.oci_runtime = "no-crun";
  connect();
  const auto report = run(oci("o18", "true"));
  EXPECT_EQ(report.phase, Phase::kError);
  EXPECT_NE(report.message.find("`no-crun` is not installed: apt-get install"), std::string::npos);
}

TEST_F(OciPodTest, AMissingCommandIsItsOwnFailure) {
  auto plan = oci("o19", "");
  plan.containers[0].command = {"frobnicate"};
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kFailed);
  EXPECT_EQ(report.exit_code, 64);
  EXPECT_NE(report.message.find("frobnicate"), std::string::npos) << report.message;
}

TEST_F(OciPodTest, PrivilegedMustBeAllowed) {
  auto plan = oci("o20",
                  "grep -E '^(Seccomp|CapEff)' /proc/self/status; mount -t tmpfs n /tmp && "
                  "mkdir /sys/fs/cgroup/*/x 2>/dev/null; echo $?; ls -d /dev/kmsg");
  plan.containers[0].security.privileged = true;
  auto report = run(plan);
  ASSERT_EQ(report.phase, Phase::kSucceeded) << report.message << log_of("o20");
  EXPECT_NE(report.result->find("Seccomp:\t0"), std::string::npos) << *report.result;
  options_.allow_privileged = false;
  connect();
  plan.id = PodId("o20b");
  report = run(plan);
  EXPECT_EQ(report.phase, Phase::kError);
  EXPECT_NE(report.message.find("does not allow"), std::string::npos);
}

TEST_F(OciPodTest, AFollowerSeesTheLogGrowAndEnd) {
  runtime_->start(oci("o28", "echo one; sleep 0.2; echo two"));
  LogFiles logs(folder_);
  std::string text;
  uint64_t offset = 0;
  EXPECT_TRUE(wait_for([&] {
    auto chunk = logs.read(PodId("o28"), "main", offset, 2);
    if (!chunk.ok()) return false;
    text += chunk->bytes;
    offset = chunk->next_offset;
    return chunk->complete;
  }));
  EXPECT_EQ(text, "one\ntwo\n");
  EXPECT_EQ(logs.containers(PodId("o28")), std::vector<std::string>{"main"});
  EXPECT_EQ(inbox_.end(PodId("o28")).phase, Phase::kSucceeded);
  EXPECT_TRUE(logs.remove(PodId("o28")).ok());
  EXPECT_FALSE(logs.read(PodId("o28"), "main", 0, 10).ok());
}

TEST_F(OciPodTest, RuncWorksToo) {
  if (!find_program("runc", kDefaultPath).ok()) GTEST_SKIP() << "runc is not installed";
  options_.oci_runtime = "runc";
  connect();
  const auto report = run(oci("o29", "grep Seccomp: /proc/self/status; echo ok"));
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(report.result, "Seccomp:\t2\nok");
}

}  // namespace
}  // namespace slipway::adapter
