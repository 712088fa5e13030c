#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "adapter/archive/digest.h"
#include "adapter/archive/tar_builder.h"
#include "adapter/archive/test_folder.h"
#include "adapter/image/image_store.h"
#include "adapter/image/reference.h"
#include "adapter/process/program.h"
#include "base/json.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

int layers_in(const std::string& data) {
  int count = 0;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(data + "/images/layers/sha256", code)) {
    count += entry.is_directory() ? 1 : 0;
  }
  return count;
}

class ImportTest : public ::testing::Test {
 protected:
  std::string rootfs(const std::string& name, const std::string& motd) {
    return TarBuilder(folder_ / name, TarBuilder::Compression::kGzip)
        .folder("bin")
        .file("bin/sh", "#!", 0755)
        .file("etc/motd", motd)
        .close();
  }

  // What `docker save` writes, in the old form.
  std::string docker_archive(const std::string& layer_tar, const std::string& diff_id,
                             const std::string& layer_name = "layer.tar") {
    const json::object config = {
        {"config", {{"Entrypoint", json::array{"/bin/sh"}}, {"Env", json::array{"A=b"}}}},
        {"rootfs", {{"type", "layers"}, {"diff_ids", json::array{"sha256:" + diff_id}}}}};
    const std::string hex(64, 'a');
    const json::array manifest = {json::object{{"Config", hex + ".json"},
                                               {"RepoTags", json::array{"one:1"}},
                                               {"Layers", json::array{hex + "/" + layer_name}}}};
    return TarBuilder(folder_ / "docker.tar")
        .file(hex + "/layer.tar", layer_tar)
        .file(hex + ".json", print_json(config))
        .file("manifest.json", print_json(json::value(manifest)))
        .close();
  }

  TestFolder folder_;
  std::string data_ = folder_ / "data";
  ImageStore store_{data_};
};

TEST_F(ImportTest, ARootfsIsOneLayer) {
  ImageConfig config;
  config.entrypoint = {"/bin/sh", "-c"};
  config.env = {"PATH=/bin"};
  const auto image = store_.import("busybox:1.36", rootfs("a.tar", "hi"), &config);
  ASSERT_TRUE(image.ok()) << image.error().text();
  EXPECT_EQ(image->name, "docker.io/library/busybox:1.36");
  ASSERT_EQ(image->layers.size(), 1u);
  EXPECT_EQ(content_of(image->layers[0] + "/etc/motd"), "hi");
  EXPECT_EQ(image->digest.size(), 71u);

  const auto found = ImageStore(data_).find("docker.io/busybox:1.36");
  ASSERT_TRUE(found.ok()) << found.error().text();
  EXPECT_EQ(found->config.entrypoint, config.entrypoint);
  EXPECT_EQ(found->config.env, config.env);
  EXPECT_EQ(found->layers, image->layers);
  EXPECT_EQ(found->digest, image->digest);
  EXPECT_EQ(found->created_at, image->created_at);
  EXPECT_EQ(found->size_bytes, 4);
  EXPECT_EQ(store_.find("busybox").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(store_.find("busybox@" + image->digest).ok());
  EXPECT_TRUE(fs::is_empty(data_ + "/images/scratch"));
  EXPECT_EQ(fs::status(data_ + "/images").permissions(), fs::perms(0700));
}

TEST_F(ImportTest, EqualLayersAreStoredOnceAndGoWithTheLastImage) {
  const std::string tar = rootfs("a.tar", "hi");
  ASSERT_TRUE(store_.import("one", tar).ok());
  ASSERT_TRUE(store_.import("two", tar).ok());
  ASSERT_TRUE(store_.import("three", rootfs("b.tar", "other")).ok());
  EXPECT_EQ(layers_in(data_), 2);
  EXPECT_EQ(store_.list()->size(), 3u);
  ASSERT_TRUE(store_.remove("one").ok());
  EXPECT_EQ(layers_in(data_), 2);
  {
    const auto lease = ImageLease::take(*store_.find("two"));
    ASSERT_TRUE(lease.ok());
    ASSERT_TRUE(store_.remove("two").ok());
    EXPECT_EQ(layers_in(data_), 2) << "a pod stands on it";
  }
  ASSERT_TRUE(store_.remove("three").ok());
  EXPECT_EQ(layers_in(data_), 0);
  EXPECT_EQ(store_.remove("three").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(store_.list()->empty());
}

TEST_F(ImportTest, AHalfLayerOfACrashIsNeverUsed) {
  const std::string tar = rootfs("a.tar", "hi");
  ASSERT_TRUE(store_.import("one", tar).ok());
  fs::create_directories(data_ + "/images/scratch/left/etc");  // as after kill -9
  ASSERT_TRUE(store_.remove("one").ok());
  EXPECT_TRUE(fs::is_empty(data_ + "/images/scratch"));
  // A layer that vanished makes the image absent instead of broken.
  const auto again = store_.import("one", tar);
  fs::remove_all(again->layers[0]);
  EXPECT_EQ(store_.find("one").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(store_.import("one", tar).ok());
  EXPECT_TRUE(store_.find("one").ok());
}

TEST_F(ImportTest, ADamagedRecordIsOneMissingImage) {
  ASSERT_TRUE(store_.import("one", rootfs("a.tar", "hi")).ok());
  ASSERT_TRUE(store_.import("two", rootfs("b.tar", "ho")).ok());
  std::ofstream(data_ + "/images/record/docker.io%2Flibrary%2Fone:latest.json") << "{\"lay";
  EXPECT_EQ(store_.find("one").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_.list()->size(), 1u);
  EXPECT_TRUE(store_.find("two").ok());
}

TEST_F(ImportTest, ReadsADockerArchive) {
  const std::string layer =
      content_of(TarBuilder(folder_ / "layer.tar").file("etc/motd", "from docker").close());
  const auto image = store_.import("anything:2", docker_archive(layer, sha256_hex(layer)));
  ASSERT_TRUE(image.ok()) << image.error().text();
  EXPECT_EQ(image->config.entrypoint, std::vector<std::string>{"/bin/sh"});
  EXPECT_EQ(image->config.env, std::vector<std::string>{"A=b"});
  EXPECT_EQ(content_of(image->layers.at(0) + "/etc/motd"), "from docker");
}

TEST_F(ImportTest, ALayerMustHaveItsDigest) {
  const std::string layer =
      content_of(TarBuilder(folder_ / "layer.tar").file("etc/motd", "x").close());
  const auto image = store_.import("a", docker_archive(layer, std::string(64, '0')));
  ASSERT_FALSE(image.ok());
  EXPECT_EQ(image.error().code, ErrorCode::kInvalid);
  EXPECT_NE(image.error().text().find("tampered"), std::string::npos) << image.error().text();
  EXPECT_EQ(layers_in(data_), 0);
  EXPECT_TRUE(fs::is_empty(data_ + "/images/scratch"));
}

TEST_F(ImportTest, AnArchiveCanNotNameFilesOfTheHost) {
  const std::string layer =
      content_of(TarBuilder(folder_ / "layer.tar").file("etc/motd", "x").close());
  const auto image = store_.import(
      "a", docker_archive(layer, sha256_hex(layer), "../../../../../../../../etc/passwd"));
  ASSERT_FALSE(image.ok());
  EXPECT_EQ(image.error().code, ErrorCode::kInvalid);
}

TEST_F(ImportTest, WhatIsNoImageIsRefused) {
  const std::string path = folder_ / "note.txt";
  std::ofstream(path) << std::string(2000, 'x');
  EXPECT_EQ(store_.import("a", path).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(store_.import("a", folder_.path()).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(store_.import("a", folder_ / "absent").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_.import("A:b", path).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(store_.import("a@sha256:" + std::string(64, 'a'), path).error().code,
            ErrorCode::kInvalid);
  EXPECT_TRUE(store_.list()->empty());
}

TEST_F(ImportTest, ReadsWhatSkopeoWrites) {
  ImageConfig config;
  config.cmd = {"/bin/sh"};
  // Two layers, through the tool everyone uses: docker archive -> OCI layout -> OCI archive.
  const std::string layer =
      content_of(TarBuilder(folder_ / "layer.tar").file("etc/motd", "layout").close());
  const std::string docker = docker_archive(layer, sha256_hex(layer));
  for (const std::string& target :
       {"oci:" + (folder_ / "layout") + ":v1", "oci-archive:" + (folder_ / "oci.tar") + ":v1",
        "docker-archive:" + (folder_ / "new.tar") + ":one:1"}) {
    Program skopeo;
    skopeo.command = {"skopeo", "--insecure-policy", "copy", "docker-archive:" + docker, target};
    const auto end = run_program(skopeo);
    if (!end.ok() && end.error().code == ErrorCode::kNotFound) GTEST_SKIP() << end.error().text();
    ASSERT_EQ(end->exit_code, 0) << end->err;
  }
  for (const char* name : {"layout", "oci.tar", "new.tar"}) {
    const auto image =
        store_.import(std::string("from-") + (name[0] == 'l' ? "l" : name), folder_ / name);
    ASSERT_TRUE(image.ok()) << name << ": " << image.error().text();
    EXPECT_EQ(content_of(image->layers.at(0) + "/etc/motd"), "layout") << name;
    EXPECT_EQ(image->config.entrypoint, std::vector<std::string>{"/bin/sh"}) << name;
  }
  EXPECT_EQ(layers_in(data_), 1);
}

TEST_F(ImportTest, SeveralAtOnceGiveOneLayer) {
  const std::string tar = rootfs("a.tar", "hi");
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      ImageStore store(data_);
      const auto image = store.import("same:" + std::to_string(i % 3), tar);
      if (!image.ok() || !fs::exists(image->layers[0] + "/bin/sh")) ++failures;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(layers_in(data_), 1);
  EXPECT_EQ(store_.list()->size(), 3u);
  EXPECT_TRUE(fs::is_empty(data_ + "/images/scratch"));
}

TEST_F(ImportTest, AFullDiskIsNamedAndLeavesNothing) {
  const std::string mount = folder_ / "small";
  fs::create_directories(mount);
  if (::geteuid() != 0 || ::mount("tmpfs", mount.c_str(), "tmpfs", 0, "size=256k") != 0) {
    GTEST_SKIP() << "needs root to mount a small tmpfs";
  }
  ImageStore store(mount);
  const auto image = store.import("big", rootfs("big.tar", std::string(1 << 20, 'x')));
  ASSERT_FALSE(image.ok());
  EXPECT_EQ(image.error().code, ErrorCode::kIo);
  EXPECT_NE(image.error().text().find("disk is full"), std::string::npos) << image.error().text();
  EXPECT_TRUE(fs::is_empty(mount + "/images/scratch"));
  EXPECT_TRUE(store.list()->empty());
  ::umount2(mount.c_str(), MNT_DETACH);
}

}  // namespace
}  // namespace slipway::adapter
