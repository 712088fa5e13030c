// Volumes of containers and what is read from them at the end.
#include "adapter/pod/oci_fixture.h"

namespace slipway::adapter {
namespace {

class OciVolumeTest : public OciTest {};

TEST_F(OciVolumeTest, VolumesOfEverySort) {
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

TEST_F(OciVolumeTest, VolumesOfTheImageAreKeptOffItsLayers) {
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

TEST_F(OciVolumeTest, OutputsComeFromRootAndVolumesAndNeverFromTheHost) {
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

TEST_F(OciVolumeTest, ANewSubPathIsAsOpenAsItsVolume) {
  auto plan = oci("o36", "touch /s/f && stat -c %a:%g /s; touch /v/a/b/c/g && echo ok");
  plan.containers[0].security.run_as_user = 1000;
  plan.containers[0].security.fs_group = 3000;
  plan.volumes = {{.name = "v"}};
  plan.containers[0].mounts = {{.volume = "v", .path = "/v"},
                               {.volume = "v", .path = "/s", .sub_path = "a/b/c"}};
  EXPECT_EQ(run(plan).result, "2777:3000\nok") << log_of("o36");
}

}  // namespace
}  // namespace slipway::adapter
