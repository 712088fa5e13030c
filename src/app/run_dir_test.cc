#include "app/run_dir.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

namespace slipway::app {
namespace {

namespace fs = std::filesystem;

class RunDirTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/slipway-run-dir-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string folder_;
};

TEST_F(RunDirTest, GoesWithTheRunUnlessItIsKept) {
  std::string gone, kept;
  {
    const RunDir first = RunDir::make(folder_, "a").value();
    RunDir second = RunDir::make(folder_, "b").value();
    gone = first.path();
    kept = second.path();
    EXPECT_TRUE(fs::is_directory(gone));
    second.keep();
  }
  EXPECT_FALSE(fs::exists(gone));
  EXPECT_TRUE(fs::exists(kept));
  const RunDir third = RunDir::make(folder_, "c").value();
  EXPECT_TRUE(fs::exists(kept)) << "what was kept is not swept";
}

TEST_F(RunDirTest, WhatAKilledRunLeftIsSweptAndALiveOneIsNot) {
  const RunDir live = RunDir::make(folder_, "live").value();
  const pid_t child = fork();
  if (child == 0) {
    const auto dead = RunDir::make(folder_, "dead");
    _exit(dead.ok() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  ASSERT_TRUE(fs::exists(folder_ + "/runs/dead"));
  const RunDir next = RunDir::make(folder_, "next").value();
  EXPECT_FALSE(fs::exists(folder_ + "/runs/dead"));
  EXPECT_TRUE(fs::exists(live.path()));
}

}  // namespace
}  // namespace slipway::app
