// Moves within one file system and to another: /dev/shm is one of its own.
#include "adapter/archive/move.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <thread>

#include "adapter/archive/test_folder.h"
#include "adapter/archive/tree.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

void write(const std::string& path, const std::string& content) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path) << content;
}

struct stat look(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
  return info;
}

// A folder of its own in /dev/shm.
std::string make_far_folder() {
  std::string pattern = "/dev/shm/slipway-test-XXXXXX";
  const char* made = ::mkdtemp(pattern.data());
  return made != nullptr ? made : "";
}

// The parameter: whether the target is in another file system.
class MoveTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    fs::create_directories(source_);
    if (GetParam()) far_ = make_far_folder();
    target_ = (GetParam() ? far_ : folder_.path()) + "/target";
    ASSERT_TRUE(fs::create_directories(target_));
    if (GetParam() && look(target_).st_dev == look(source_).st_dev) {
      GTEST_SKIP() << "/dev/shm is no other file system than " << folder_.path();
    }
    write(victim_, "untouched");
  }
  void TearDown() override {
    if (!far_.empty()) fs::remove_all(far_);
  }
  Status move(const std::string& from, const std::string& to) {
    const auto source = open_folder(source_), target = open_folder(target_);
    return move_entry(source->get(), from, target->get(), to);
  }
  std::vector<std::string> names() { return *names_in(open_folder(target_)->get()); }

  TestFolder folder_;
  std::string far_;
  std::string source_ = folder_ / "source", target_;
  std::string victim_ = folder_ / "victim";  // what links in the target lead to
};

TEST_P(MoveTest, KeepsContentModesTimesOwnersAndLinks) {
  write(source_ + "/d/f", "content");
  write(source_ + "/d/deep/g", "");
  fs::create_symlink("f", source_ + "/d/link");
  fs::create_symlink(std::string(3000, 'x'), source_ + "/d/long");
  fs::permissions(source_ + "/d/f", fs::perms(0640));
  fs::permissions(source_ + "/d/deep", fs::perms(0750));
  const struct timespec times[2] = {{1'000'000'000, 7}, {1'600'000'000, 9}};
  ASSERT_EQ(::utimensat(AT_FDCWD, (source_ + "/d/f").c_str(), times, 0), 0);
  if (::geteuid() == 0) {
    ASSERT_EQ(::lchown((source_ + "/d/f").c_str(), 12, 34), 0);
    ASSERT_EQ(::lchown((source_ + "/d/link").c_str(), 12, 34), 0);
  }
  const Status moved = move("d", "to");
  ASSERT_TRUE(moved.ok()) << moved.error().text();
  EXPECT_EQ(content_of(target_ + "/to/f"), "content");
  EXPECT_EQ(look(target_ + "/to/f").st_mode & 07777, 0640u);
  EXPECT_EQ(look(target_ + "/to/f").st_mtim.tv_sec, 1'600'000'000);
  EXPECT_EQ(look(target_ + "/to/deep").st_mode & 07777, 0750u);
  EXPECT_EQ(content_of(target_ + "/to/deep/g"), "");
  EXPECT_EQ(fs::read_symlink(target_ + "/to/link"), "f");
  EXPECT_EQ(fs::read_symlink(target_ + "/to/long"), std::string(3000, 'x'));
  if (::geteuid() == 0) {
    EXPECT_EQ(look(target_ + "/to/f").st_uid, 12u);
    EXPECT_EQ(look(target_ + "/to/link").st_gid, 34u);
  }
  EXPECT_EQ(names(), std::vector<std::string>{"to"}) << "nothing of the way is left";
}

TEST_P(MoveTest, ReplacesALinkAndNeverWritesThroughIt) {
  fs::create_symlink(victim_, target_ + "/x");
  fs::create_directory_symlink(folder_.path(), target_ + "/y");
  write(source_ + "/file", "hostile");
  write(source_ + "/folder/victim", "hostile");
  ASSERT_TRUE(move("file", "x").ok());
  ASSERT_TRUE(move("folder", "y").ok());
  EXPECT_EQ(content_of(victim_), "untouched");
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(target_ + "/x")));
  EXPECT_EQ(content_of(target_ + "/x"), "hostile");
  EXPECT_TRUE(fs::is_directory(fs::symlink_status(target_ + "/y")));
}

TEST_P(MoveTest, NoLinkIsFollowedWhereFoldersJoin) {
  fs::create_directories(target_ + "/d");
  fs::create_symlink(victim_, target_ + "/d/file");
  fs::create_directory_symlink(folder_.path(), target_ + "/d/sub");
  write(target_ + "/d/kept", "kept");
  write(source_ + "/d/file", "hostile");
  write(source_ + "/d/sub/victim", "hostile");
  ASSERT_TRUE(move("d", "d").ok());
  EXPECT_EQ(content_of(victim_), "untouched");
  EXPECT_EQ(content_of(target_ + "/d/file"), "hostile");
  EXPECT_EQ(content_of(target_ + "/d/sub/victim"), "hostile");
  EXPECT_EQ(content_of(target_ + "/d/kept"), "kept");
}

TEST_P(MoveTest, AHardLinkAtThePlaceKeepsItsContent) {
  write(target_ + "/elsewhere", "untouched");
  fs::create_hard_link(target_ + "/elsewhere", target_ + "/x");
  write(source_ + "/file", "new");
  ASSERT_TRUE(move("file", "x").ok());
  EXPECT_EQ(content_of(target_ + "/elsewhere"), "untouched");
  EXPECT_EQ(content_of(target_ + "/x"), "new");
}

TEST_P(MoveTest, TheFolderItselfIsJoinedWithoutAName) {
  write(target_ + "/kept", "kept");
  write(source_ + "/d/new", "new");
  ASSERT_TRUE(move("d", "").ok());
  EXPECT_EQ(names(), (std::vector<std::string>{"kept", "new"}));
  write(source_ + "/file", "");
  EXPECT_EQ(move("file", "").error().code, ErrorCode::kConflict);
}

TEST_P(MoveTest, AFolderWithContentIsNotReplacedByAFile) {
  write(source_ + "/file", "new");
  fs::create_directories(target_ + "/empty");
  ASSERT_TRUE(move("file", "empty").ok());
  EXPECT_EQ(content_of(target_ + "/empty"), "new");
  write(source_ + "/file", "new");
  write(target_ + "/full/kept", "kept");
  const Status refused = move("file", "full");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_NE(refused.error().text().find("full is a folder with content"), std::string::npos);
  EXPECT_EQ(content_of(target_ + "/full/kept"), "kept");
  EXPECT_EQ(names(), (std::vector<std::string>{"empty", "full"})) << "no copy is left";
  write(source_ + "/d/f", "f");
  write(target_ + "/plain", "");
  ASSERT_TRUE(move("d", "plain").ok());
  EXPECT_EQ(content_of(target_ + "/plain/f"), "f");
}

// Somebody swaps a folder of the target for a link, as a container that shares the volume can.
TEST_P(MoveTest, ASwapMeanwhileLeadsNowhere) {
  const std::string outside = folder_ / "outside";
  fs::create_directories(outside);
  fs::create_directories(target_ + "/d");
  fs::create_directory_symlink(outside, target_ + "/link");
  std::atomic<bool> over = false;
  std::thread swapper([&] {
    while (!over) {
      (void)::renameat2(AT_FDCWD, (target_ + "/d").c_str(), AT_FDCWD, (target_ + "/link").c_str(),
                        RENAME_EXCHANGE);
    }
  });
  for (int i = 0; i < 200; ++i) {
    write(source_ + "/d/f", "x");
    (void)move("d", "d");
    fs::remove_all(source_ + "/d");
  }
  over = true;
  swapper.join();
  EXPECT_TRUE(fs::is_empty(outside));
}

INSTANTIATE_TEST_SUITE_P(FileSystems, MoveTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Another" : "TheSame"; });

}  // namespace
}  // namespace slipway::adapter
