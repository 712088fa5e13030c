#include "adapter/pod/volume.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

class VolumeGroupTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "changing groups needs root";
    std::string pattern = "/var/tmp/slipway-group-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    fs::create_directories(claim() + "/sub");
    fs::create_directories(outside());
    for (const std::string& file :
         {claim() + "/file", claim() + "/sub/file", outside() + "/file"}) {
      std::ofstream(file) << "x";
      ::chmod(file.c_str(), 0600);
    }
    ::chmod(outside().c_str(), 0700);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string claim() const { return PodPaths{folder_}.claim("ci", "data"); }
  void give_to_group(int64_t group) {
    pod::PodPlan plan;
    plan.volumes = {{.name = "v", .type = pod::Volume::Type::kClaim, .claim = "ci/data"}};
    plan.containers.emplace_back().security.fs_group = group;
    EXPECT_TRUE(VolumeSet::prepare(plan, PodPaths{folder_}, {}, folder_ + "/memory").ok());
  }
  std::string outside() const { return folder_ + "/outside"; }
  static std::string owned(const std::string& path) {
    struct stat info {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    char text[32];
    ::snprintf(text, sizeof text, "%u %o", info.st_gid, info.st_mode & 07777);
    return text;
  }

  std::string folder_;
};

TEST_F(VolumeGroupTest, TheGroupHasAllAndFoldersHandItOn) {
  ::chmod((claim() + "/sub").c_str(), 0700);
  give_to_group(4321);
  EXPECT_EQ(owned(claim() + "/file"), "4321 660");
  EXPECT_EQ(owned(claim() + "/sub"), "4321 2770");
  EXPECT_EQ(owned(claim() + "/sub/file"), "4321 660");
  EXPECT_EQ(owned(claim()), "4321 2775");
}

TEST_F(VolumeGroupTest, WhatLiesOutsideStaysWhateverHappensMeanwhile) {
  fs::create_symlink(outside() + "/file", claim() + "/link-to-file");
  fs::create_symlink(outside(), claim() + "/link-to-folder");
  std::atomic<bool> over = false;
  std::thread other([&] {
    const auto swap = [&](const std::string& a, const std::string& b) {
      ::renameat2(AT_FDCWD, (claim() + a).c_str(), AT_FDCWD, (claim() + b).c_str(),
                  RENAME_EXCHANGE);
    };
    while (!over) {
      swap("/file", "/link-to-file");
      swap("/sub", "/link-to-folder");
    }
  });
  for (int64_t group = 1; group < 4000; ++group) give_to_group(group);
  over = true;
  other.join();
  EXPECT_EQ(owned(outside()), "0 700");
  EXPECT_EQ(owned(outside() + "/file"), "0 600");
}

}  // namespace
}  // namespace slipway::adapter
