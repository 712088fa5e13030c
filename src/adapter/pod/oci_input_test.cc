// Input artifacts of real containers: when they arrive, and who sees them.
#include "adapter/pod/oci_fixture.h"

namespace slipway::adapter {
namespace {

class OciInputTest : public OciTest {
 protected:
  static pod::InputArtifact raw(const std::string& name, const std::string& path,
                                const std::string& text) {
    return {.name = name,
            .path = path,
            .location = {.type = pod::ArtifactLocation::Type::kRaw, .raw = text}};
  }
  static void add_init(pod::PodPlan& plan, const std::string& script, bool mirrors) {
    pod::Container init = sidecar("prep", script);
    init.role = pod::Container::Role::kInit;
    init.mounts = plan.containers.back().mounts;
    init.mirrors_main = mirrors;
    plan.containers.insert(plan.containers.begin(), init);
  }
  // A folder as an artifact, to be loaded by its key.
  void save_folder(const std::string& key,
                   const std::string& script = "echo of d > f; mkdir sub; echo deep > sub/g") {
    auto plan = oci("save", "mkdir /d; cd /d; " + script);
    plan.output_artifacts = {{.name = "d", .path = "/d", .location = {.key = key}}};
    ASSERT_EQ(run(plan).phase, Phase::kSucceeded);
  }
};

TEST_F(OciInputTest, ArriveBeforeInitContainersWhichSeeThemWhenTheyMirrorMain) {
  auto plan = oci("i1", "cat /in/a; echo more >> /in/a && tail -1 /in/a");
  plan.input_artifacts = {raw("a", "/in/a", "text\n")};
  plan.containers[0].security.read_only_root = true;
  add_init(plan, "cat /in/a && echo init >> /in/a", true);
  auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message << log_of("i1", "prep");
  EXPECT_EQ(report.result, "text\ninit\nmore") << log_of("i1", "prep");
  plan.id = PodId("i1b");
  plan.containers[0].mirrors_main = false;
  plan.containers[0].command = {"sh", "-c", "test ! -e /in"};
  report = run(plan);
  EXPECT_EQ(report.phase, Phase::kSucceeded) << report.message;
}

TEST_F(OciInputTest, AreSeenBySidecarsThatMirrorMain) {
  auto plan = oci("i2",
                  "until [ -e /in/d/seen ]; do sleep 0.02; done; cat /in/d/seen; id -u; stat -c %u "
                  "/in/d/f");
  save_folder("i2.tgz");
  plan.input_artifacts = {{.name = "d", .path = "/in/d", .location = {.key = "i2.tgz"}}};
  plan.containers[0].security.run_as_user = 1234;
  plan.containers.push_back(sidecar("side", "cat /in/d/sub/g > /in/d/seen"));
  plan.containers[1].mirrors_main = true;
  EXPECT_EQ(run(plan).result, "deep\n1234\n1234") << log_of("i2", "side");
}

TEST_F(OciInputTest, GoIntoTheVolumeThatTheirPathIsIn) {
  auto plan = oci("i3", "cat /v/s/in/a /v/s/in/b");
  plan.volumes = {{.name = "v"}};
  plan.containers[0].mounts = {{.volume = "v", .path = "/v"},
                               {.volume = "v", .path = "/v/s", .sub_path = "part"}};
  plan.input_artifacts = {raw("a", "/v/s/in/a", "from a\n")};
  add_init(plan, "cp /v/part/in/a /v/part/in/b", false);
  const auto report = run(plan);
  EXPECT_EQ(report.result, "from a\nfrom a") << report.message << log_of("i3", "prep");
  plan.id = PodId("i3b");
  for (auto& container : plan.containers) container.mounts[1].read_only = true;
  EXPECT_NE(run(plan).message.find("volume v, which is mounted read-only at /v/s"),
            std::string::npos);
}

TEST_F(OciInputTest, HideWhatTheImageHasAndHoldWhatIsMountedInThem) {
  save_folder("i4.tgz");
  auto plan =
      oci("i4",
          "cd /home/joe; find . | sort; cat sub/extra vol/x; mv f /tmp/g && cat /tmp/g; rm -r "
          "/home/joe 2>/dev/null || echo kept");
  plan.volumes = {
      {.name = "v", .type = pod::Volume::Type::kFiles, .files = {{"x", "in volume\n"}}}};
  plan.containers[0].mounts = {{.volume = "v", .path = "/home/joe/vol"}};
  plan.input_artifacts = {{.name = "d", .path = "/home/joe", .location = {.key = "i4.tgz"}},
                          raw("extra", "/home/joe/sub/extra", "extra\n")};
  const auto report = run(plan);
  EXPECT_EQ(report.result,
            ".\n./f\n./sub\n./sub/extra\n./sub/g\n./vol\n./vol/x\nextra\nin volume\nof d\nkept")
      << report.message;
}

// A link that one artifact brings to the place of another. The volume is no disk of this machine's,
// so files are copied to it.
TEST_F(OciInputTest, AreNeverWrittenThroughALink) {
  const std::string victim = folder_ + "/victim";
  std::ofstream(victim) << "untouched";
  save_folder("i8.tgz", "ln -s " + victim + " x; ln -s " + folder_ + " y");
  auto plan = oci("i8", "cat /m/a/x; readlink /m/a/x || cat /m/a/y/victim");
  plan.volumes = {{.name = "m", .type = pod::Volume::Type::kMemory}};
  plan.containers[0].mounts = {{.volume = "m", .path = "/m"}};
  plan.input_artifacts = {{.name = "a", .path = "/m/a", .location = {.key = "i8.tgz"}},
                          raw("b", "/m/a/x", "b\n"),
                          raw("c", "/m/a/y/victim", "c")};
  const auto report = run(plan);
  EXPECT_EQ(report.result, "b\nc") << report.message;
  EXPECT_EQ(read_file(victim), "untouched");
}

// The runtime would mount what the link leads to: the machine's own folder.
TEST_F(OciInputTest, OneThatIsALinkIsNotMounted) {
  const std::string make = "mkdir -p artifacts && ln -s / l && tar -czf artifacts/link.tgz l";
  ASSERT_EQ(std::system(("cd " + folder_ + " && " + make).c_str()), 0);
  auto plan = oci("i9", "ls /dev/in");
  plan.input_artifacts = {{.name = "a", .path = "/dev/in", .location = {.key = "link.tgz"}}};
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kError);
  EXPECT_NE(report.message.find("nothing but a symbolic link"), std::string::npos)
      << report.message;
}

TEST_F(OciInputTest, AnOptionalOneThatIsNotThereIsAnEmptyFolder) {
  auto plan = oci("i5", "cd /cache && touch x && ls -a | wc -l");
  plan.containers[0].security.run_as_user = 1234;
  plan.input_artifacts = {
      {.name = "cache", .path = "/cache", .location = {.key = "gone"}, .optional = true}};
  EXPECT_EQ(run(plan).result, "3") << log_of("i5");
}

TEST_F(OciInputTest, OneThatFailsStartsNothing) {
  auto plan = oci("i6", "true");
  plan.input_artifacts = {{.name = "a", .path = "/a", .location = {.key = "gone"}}};
  add_init(plan, "echo ran", false);
  const auto report = run(plan);
  EXPECT_EQ(report.phase, Phase::kError);
  EXPECT_NE(report.message.find("input artifact `a`"), std::string::npos) << report.message;
  EXPECT_NE(log_of("i6", "prep"), "ran\n");
}

// A subPath of main is not looked for before the init containers have run.
TEST_F(OciInputTest, AnInitContainerMakesWhatMainMounts) {
  auto plan = oci("i7", "cat /file /in/a");
  plan.volumes = {{.name = "v"}};
  plan.containers[0].mounts = {{.volume = "v", .path = "/w"}};
  plan.input_artifacts = {raw("a", "/in/a", "input\n")};
  add_init(plan, "echo made > /w/file", false);
  plan.containers[1].mounts = {{.volume = "v", .path = "/file", .sub_path = "file"}};
  EXPECT_EQ(run(plan).result, "made\ninput");
}

}  // namespace
}  // namespace slipway::adapter
