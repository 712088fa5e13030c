// Pods of real containers: crun, an image of one static busybox, overlayfs, network name spaces.
#include <signal.h>
#include <sys/socket.h>

#include <cstdlib>

#include "adapter/pod/cgroup.h"
#include "adapter/pod/pod_fixture.h"
#include "adapter/pod/spawn.h"

namespace slipway::adapter {
namespace {

class OciPodTest : public PodTest {
 protected:
  void SetUp() override {
    PodTest::SetUp();
    if (::geteuid() != 0) GTEST_SKIP() << "containers need root";
    if (!find_program("crun", kDefaultPath).ok()) GTEST_SKIP() << "crun is not installed";
    const std::string busybox = "/bin/busybox";
    if (!std::filesystem::exists(busybox)) GTEST_SKIP() << "busybox-static is not installed";
    import_image("test/busybox:1", {});
  }
  void import_image(const std::string& name, const ImageConfig& config) {
    const std::string build =
        "set -e; cd " + folder_ +
        "; rm -rf r; mkdir -p r/bin r/etc r/tmp r/home/joe; chmod 1777 r/tmp; echo of joe > "
        "r/home/joe/had; chown 1234 r/home/joe; chmod 750 r/home/joe; cp /bin/busybox "
        "r/bin/;"
        "for a in $(/bin/busybox --list); do [ $a = busybox ] || ln -s busybox r/bin/$a; done;"
        "echo 'root:x:0:0::/root:/bin/sh' > r/etc/passwd;"
        "echo 'joe:x:1234:1235::/home/joe:/bin/sh' >> r/etc/passwd;"
        "echo 'joe:x:1235:' > r/etc/group; echo 'crew:x:77:joe' >> r/etc/group;"
        "ln -s /etc/shadow-of-host r/leak; tar -C r -cf r.tar .; rm -rf r";
    ASSERT_EQ(std::system(build.c_str()), 0);
    const auto image = ImageStore(folder_).import(name, folder_ + "/r.tar", &config);
    ASSERT_TRUE(image.ok()) << image.error().text();
  }
  static pod::PodPlan oci(const std::string& id, const std::string& script) {
    return shell(id, script, pod::RuntimeKind::kOci);
  }
  static pod::Container sidecar(const std::string& name, const std::string& script) {
    pod::Container container{.name = name, .role = pod::Container::Role::kSidecar};
    container.image = "test/busybox:1";
    container.command = {"sh", "-c", script};
    return container;
  }
  pid_t supervisor_of(const std::string& id) {
    return std::atoi(read_file(folder_ + "/pods/" + id + "/supervisor").c_str());
  }
  static bool cgroup_exists(const std::string& id) {
    for (const std::string& hierarchy : cgroup_hierarchies()) {
      if (std::filesystem::exists(hierarchy + pod_cgroup(PodId(id)))) return true;
    }
    return false;
  }
};

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

TEST_F(OciPodTest, VolumesOfEverySort) {
  std::filesystem::create_directories(folder_ + "/hostdir/sub");
  std::ofstream(folder_ + "/hostdir/sub/f") << "from-host";
  auto plan = oci("o7",
                  "cat /cfg/a/b /hp/f; echo kept > /claim/k; touch /cfg/new || echo ro; stat -c %a "
                  "/cfg/a/b /scratch; df -k /mem | tail -1 | awk '{print $2}'; ls /dev/vol");
  pod::Volume files{.name = "cfg", .type = pod::Volume::Type::kFiles};
  files.files = {{.path = "a/b", .content = "secret ", .mode = 0400}};
  plan.volumes = {files,
                  {.name = "claim", .type = pod::Volume::Type::kClaim, .claim = "default/data"},
                  {.name = "hp",
                   .type = pod::Volume::Type::kHostPath,
                   .host_path = folder_ + "/hostdir",
                   .host_path_type = "Directory"},
                  {.name = "scratch"},
                  {.name = "mem", .type = pod::Volume::Type::kMemory, .size_limit_bytes = 1 << 20}};
  plan.containers[0].mounts = {{.volume = "cfg", .path = "/cfg"},
                               {.volume = "claim", .path = "/claim"},
                               {.volume = "hp", .path = "/hp", .sub_path = "sub"},
                               {.volume = "scratch", .path = "/scratch"},
                               {.volume = "mem", .path = "/mem"},
                               {.volume = "hp", .path = "/dev/vol"}};
  const auto report = run(plan);
  ASSERT_EQ(report.phase, Phase::kSucceeded) << report.message << log_of("o7");
  EXPECT_EQ(report.result, "secret from-hostro\n400\n777\n1024\nsub") << log_of("o7");
  EXPECT_EQ(read_file(folder_ + "/claims/default/data/k"), "kept\n");
  EXPECT_TRUE(runtime_->remove_claim("default", "data").ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/claims/default/data"));
  plan.id = PodId("o7b");
  plan.volumes[2].host_path_type = "Socket";
  const auto refused = run(plan);
  EXPECT_EQ(refused.phase, Phase::kError);
  EXPECT_NE(refused.message.find("volume hp"), std::string::npos) << refused.message;
}

TEST_F(OciPodTest, VolumesOfTheImageAreKeptOffItsLayers) {
  ImageConfig config;
  config.volumes = {"/home/joe", "/taken", "/var/lib/new"};
  import_image("test/volumes:1", config);
  auto plan = oci("o31",
                  "awk '$5 ~ /joe|taken|new/ {print $5, $9}' /proc/self/mountinfo; stat -c %u:%a "
                  "/home/joe; cat /home/joe/had; touch /var/lib/new/x && echo rw");
  plan.containers[0].image = "test/volumes:1";
  plan.containers[0].security.read_only_root = true;
  plan.volumes = {{.name = "mem", .type = pod::Volume::Type::kMemory}};
  plan.containers[0].mounts = {{.volume = "mem", .path = "/taken/"}};
  const auto report = run(plan);
  ASSERT_EQ(report.phase, Phase::kSucceeded) << report.message << log_of("o31");
  const std::string& text = *report.result;
  EXPECT_TRUE(text.ends_with("1234:750\nof joe\nrw")) << text;
  EXPECT_NE(text.find("/home/joe "), std::string::npos) << text;
  EXPECT_NE(text.find("/var/lib/new "), std::string::npos) << text;
  EXPECT_NE(text.find("/taken tmpfs"), std::string::npos) << text;
  EXPECT_EQ(text.find("overlay"), std::string::npos) << text;
  EXPECT_TRUE(wait_for([this] { return !std::filesystem::exists(folder_ + "/pods/o31/c"); }));
}

TEST_F(OciPodTest, OutputsComeFromRootAndVolumesAndNeverFromTheHost) {
  auto plan = oci("o8",
                  "echo 1 > /tmp/p; echo 2 > /v/q; ln -s /v/q /link; ln -s "
                  "../../../../../../../etc/hostname /esc; mkdir /d; echo x > /d/x");
  plan.volumes = {{.name = "v"}};
  plan.containers[0].mounts = {{.volume = "v", .path = "/v"}};
  plan.output_parameters = {{.name = "p", .path = "/tmp/p"},
                            {.name = "q", .path = "/link"},
                            {.name = "esc", .path = "/esc", .fallback = "none"},
                            {.name = "leak", .path = "/leak", .fallback = "none"}};
  plan.output_artifacts = {
      {.name = "d", .path = "/d", .location = {.key = "d.tgz"}},
      {.name = "opt", .path = "/nope", .location = {.key = "opt.tgz"}, .optional = true}};
  plan.log_location = pod::ArtifactLocation{.key = "wf/o8"};
  const auto report = run(plan);
  ASSERT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(report.parameters.at("p"), "1");
  EXPECT_EQ(report.parameters.at("q"), "2");
  EXPECT_EQ(report.parameters.at("leak"), "none");
  EXPECT_NE(report.parameters.at("esc"), read_file("/etc/hostname"));
  ASSERT_EQ(report.artifacts.size(), 2u);
  EXPECT_EQ(report.artifacts[1].name, "main-logs");
  EXPECT_EQ(report.artifacts[1].key, "wf/o8/main.log");
  // And back in.
  auto next = oci("o8b", "cat /in/d/x /in/raw; stat -c %u /in/raw");
  next.input_artifacts = {
      {.name = "d", .path = "/in/d", .location = {.key = "d.tgz"}},
      {.name = "raw",
       .path = "/in/raw",
       .location = {.type = pod::ArtifactLocation::Type::kRaw, .raw = "text\n"}},
      {.name = "gone", .path = "/in/gone", .location = {.key = "gone"}, .optional = true}};
  next.containers[0].security.run_as_user = 1234;
  EXPECT_EQ(run(next).result, "x\ntext\n1234");
  next.id = PodId("o8c");
  next.input_artifacts[2].optional = false;
  const auto missing = run(next);
  EXPECT_EQ(missing.phase, Phase::kError);
  EXPECT_NE(missing.message.find("input artifact `gone`"), std::string::npos) << missing.message;
}

TEST_F(OciPodTest, InitContainersRunInOrderAndAFailureEndsThePod) {
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
  EXPECT_EQ(report.phase, Phase::kError);
  EXPECT_EQ(report.message, "two: Error (exit code 1)");
  EXPECT_FALSE(report.exit_code.has_value());
}

TEST_F(OciPodTest, MainWaitsForAReadySidecarWhichIsStoppedAfterIt) {
  auto plan = oci("o10", "wget -qO- http://localhost:8080/x");
  plan.containers.push_back(sidecar("web", "mkdir /w; echo served > /w/x; httpd -f -p 8080 -h /w"));
  plan.containers[1].readiness =
      pod::Probe{.type = pod::Probe::Type::kHttp, .path = "/x", .port = 8080};
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
  EXPECT_EQ(report.result, "served");
  ASSERT_EQ(report.containers.size(), 2u);
  EXPECT_EQ(report.containers[1].exit_code, 143);  // httpd has no handler: as under an emissary
  for (const auto type : {pod::Probe::Type::kTcp, pod::Probe::Type::kExec}) {
    plan.id = PodId(type == pod::Probe::Type::kTcp ? "o10b" : "o10c");
    plan.containers[1].readiness->type = type;
    plan.containers[1].readiness->command = {"test", "-e", "/w/x"};
    EXPECT_EQ(run(plan).phase, Phase::kSucceeded);
  }
}

TEST_F(OciPodTest, ADaemonIsReadyAndGoesWhenStopped) {
  auto plan = oci("o11", "sleep 0.3; touch /up; trap 'exit 0' TERM; while :; do sleep 0.05; done");
  plan.daemon = true;
  plan.containers[0].readiness =
      pod::Probe{.type = pod::Probe::Type::kExec, .command = {"test", "-e", "/up"}};
  runtime_->start(plan);
  const auto ready = inbox_.wait(
      plan.id, [](const pod::PodReport& report) { return report.phase == Phase::kReady; });
  EXPECT_EQ(ready.phase, Phase::kReady);
  EXPECT_FALSE(ready.pod_ip.empty());
  runtime_->stop(plan.id);
  EXPECT_EQ(inbox_.end(plan.id).phase, Phase::kSucceeded);
}

TEST_F(OciPodTest, ContainersOfASetWaitForEachOther) {
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

TEST_F(OciPodTest, AContainerIsTriedAgainInTheSameFiles) {
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

TEST_F(OciPodTest, AddressesOfPodAndMachineAreVariables) {
  auto plan = oci("o35", "");
  plan.containers[0].command = {"sh", "-c", "echo $IP $URL; echo $(HOST)"};
  plan.containers[0].env = {{.name = "IP", .runtime_field = "podIP"},
                            {.name = "HOST", .runtime_field = "hostIP"},
                            {.name = "URL", .value = "http://$(IP)/"}};
  const auto report = run(plan);
  ASSERT_EQ(report.phase, Phase::kSucceeded) << log_of("o35");
  EXPECT_EQ(report.result->find(report.pod_ip + " http://" + report.pod_ip + "/\n"), 0u)
      << *report.result;
  plan.id = PodId("o35b");
  plan.host_network = true;
  plan.containers[0].command = {"sh", "-c", "[ $IP = $HOST ] && echo same"};
  const auto host = run(plan);
  EXPECT_EQ(host.result, "same");
  EXPECT_FALSE(host.pod_ip.empty());
}

TEST_F(OciPodTest, ANewSubPathIsAsOpenAsItsVolume) {
  auto plan = oci("o36", "touch /s/f && stat -c %a:%g /s; touch /v/a/b/c/g && echo ok");
  plan.containers[0].security.run_as_user = 1000;
  plan.containers[0].security.fs_group = 3000;
  plan.volumes = {{.name = "v"}};
  plan.containers[0].mounts = {{.volume = "v", .path = "/v"},
                               {.volume = "v", .path = "/s", .sub_path = "a/b/c"}};
  EXPECT_EQ(run(plan).result, "2777:3000\nok") << log_of("o36");
}

// A host that knows no way back to the pods' addresses hears only from the machine itself.
TEST_F(OciPodTest, ReachesOtherHostsByTheAddressOfThisMachine) {
  const std::string id = std::to_string(::getpid()), space = "slipway-test-" + id;
  const std::string make = "set -e; ip netns add " + space + "; ip link add slt" + id +
                           " type veth peer name eth0 netns " + space +
                           "; ip addr add 198.51.100.1/30 dev slt" + id + "; ip link set slt" + id +
                           " up; ip -n " + space + " addr add 198.51.100.2/30 dev eth0; ip -n " +
                           space + " link set eth0 up; echo outside > " + folder_ +
                           "/said; ip netns exec " + space + " /bin/busybox nc -l -p 7100 < " +
                           folder_ + "/said > /dev/null 2>&1 &";
  ASSERT_EQ(std::system(make.c_str()), 0);
  auto plan = oci("o37", "until nc 198.51.100.2 7100; do sleep 0.05; done");
  plan.active_deadline = Duration::seconds(15);
  const auto report = run(plan);
  EXPECT_EQ(report.result, "outside") << report.message << log_of("o37");
  std::system(("ip netns pids " + space + " | xargs -r kill; ip netns del " + space).c_str());
}

TEST_F(OciPodTest, OutOfMemoryIsToldAsSuch) {
  auto plan = oci("o13", "head -c 200000000 /dev/zero | tail -c 150000000 | wc -c; exit 1");
  plan.containers[0].command = {"sh", "-c", "exec tail -c 150000000 /dev/zero"};
  plan.containers[0].resources.memory_limit_bytes = 20 << 20;
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kFailed);
  EXPECT_EQ(report.message, "main: OOMKilled (exit code 137)");
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

TEST_F(OciPodTest, ADefaultDispositionOfSigtermEndsAtOnceAndAnIgnoringOneAfterItsGrace) {
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

TEST_F(OciPodTest, ContainersReachEachOtherAndTheirNamesArePut) {
  auto server = oci("o21", "echo hi | nc -l -p 7000; sleep 0.1");
  runtime_->start(server);
  const auto running = inbox_.running(PodId("o21"));
  ASSERT_FALSE(running.pod_ip.empty());
  auto client = oci("o22", "grep friend /etc/hosts; until nc friend 7000; do sleep 0.05; done");
  client.host_aliases = {{.ip = running.pod_ip, .hostnames = {"friend"}}};
  const auto report = run(client);
  EXPECT_NE(report.result->find("hi"), std::string::npos) << log_of("o22");
  EXPECT_EQ(inbox_.end(PodId("o21")).phase, Phase::kSucceeded);
  auto host = oci("o23", "ls /sys/class/net");
  host.host_network = true;
  EXPECT_NE(run(host).result->find("slipway0"), std::string::npos);
}

TEST_F(OciPodTest, AKilledSupervisorLeavesNothing) {
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

TEST_F(OciPodTest, PodsOutliveServerAndNursery) {
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

TEST_F(OciPodTest, RemovingARunningPodEndsItAndLeavesNothing) {
  runtime_->start(oci("o27", "sleep 1000"));
  EXPECT_EQ(inbox_.running(PodId("o27")).phase, Phase::kRunning);
  runtime_->remove(PodId("o27"));
  EXPECT_TRUE(wait_for([this] { return runtime_->list().empty(); }));
  EXPECT_FALSE(cgroup_exists("o27"));
}

TEST_F(OciPodTest, RemovingAPodThatHasJustEndedLeavesNothing) {
  for (int i = 0; i < 5; ++i) {
    const std::string id = "o27-" + std::to_string(i);
    EXPECT_EQ(run(oci(id, "true")).phase, Phase::kSucceeded);
    runtime_->remove(PodId(id));
    EXPECT_TRUE(wait_for([&] { return !cgroup_exists(id); })) << id;
  }
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
