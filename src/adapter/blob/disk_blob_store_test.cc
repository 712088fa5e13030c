#include "adapter/blob/disk_blob_store.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "adapter/archive/test_folder.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

class DiskBlobStoreTest : public ::testing::Test {
 protected:
  std::string source(const std::string& content) {
    const std::string path = folder_ / "source";
    std::ofstream(path) << content;
    return path;
  }

  TestFolder folder_;
  DiskBlobStore store_{folder_ / "artifacts"};
};

TEST_F(DiskBlobStoreTest, KeepsWhatWasPut) {
  ASSERT_TRUE(store_.put_file("wf/pod/main.tgz", source("hello")).ok());
  EXPECT_EQ(store_.stat("wf/pod/main.tgz")->size_bytes, 5);
  EXPECT_EQ(*store_.get("wf/pod/main.tgz", 0, 100), "hello");
  EXPECT_EQ(*store_.get("wf/pod/main.tgz", 1, 3), "ell");
  EXPECT_EQ(*store_.get("wf/pod/main.tgz", 50, 3), "");
  ASSERT_TRUE(store_.get_file("wf/pod/main.tgz", folder_ / "copy").ok());
  EXPECT_EQ(fs::file_size(folder_ / "copy"), 5u);
  ASSERT_TRUE(store_.put_file("wf/pod/main.tgz", source("")).ok());
  EXPECT_EQ(store_.stat("wf/pod/main.tgz")->size_bytes, 0);
}

TEST_F(DiskBlobStoreTest, RefusesKeysThatLeadElsewhere) {
  const std::string path = source("x");
  for (const std::string key :
       {"", "/", "a//b", "/a", "a/", "..", "../a", "a/../b", "./a", "a\nb", ".incoming/a"}) {
    EXPECT_EQ(store_.put_file(key, path).error().code, ErrorCode::kInvalid) << key;
    EXPECT_EQ(store_.stat(key).error().code, ErrorCode::kInvalid) << key;
    EXPECT_EQ(store_.remove(key).error().code, ErrorCode::kInvalid) << key;
  }
  EXPECT_EQ(store_.put_file(std::string("a\0b", 3), path).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(store_.put_file(std::string(256, 'x'), path).error().code, ErrorCode::kInvalid);
}

TEST_F(DiskBlobStoreTest, NamesWhatIsMissing) {
  EXPECT_EQ(store_.stat("a").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_.get("a/b", 0, 1).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_.put_file("a", folder_ / "absent").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(store_.remove("a").ok());
  EXPECT_TRUE(store_.list("")->empty());
  ASSERT_TRUE(store_.put_file("a/b", source("x")).ok());
  EXPECT_EQ(store_.stat("a").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(store_.put_file("a/b/c", source("x")).error().code, ErrorCode::kConflict);
  EXPECT_EQ(store_.put_file("a", source("x")).error().code, ErrorCode::kConflict);
}

TEST_F(DiskBlobStoreTest, ListsByPrefixAndRemovesEmptyFolders) {
  for (const char* key : {"b/2", "a/z", "a/b/1", "ab"}) {
    ASSERT_TRUE(store_.put_file(key, source(key)).ok());
  }
  const auto keys = [&](const std::string& prefix) {
    std::string text;
    const auto blobs = store_.list(prefix);
    for (const auto& blob : *blobs) text += blob.key + " ";
    return text;
  };
  EXPECT_EQ(keys(""), "a/b/1 a/z ab b/2 ");
  EXPECT_EQ(keys("a"), "a/b/1 a/z ab ");
  EXPECT_EQ(keys("a/"), "a/b/1 a/z ");
  EXPECT_EQ(keys("a/b/1"), "a/b/1 ");
  ASSERT_TRUE(store_.remove("a/b/1").ok());
  EXPECT_FALSE(fs::exists(folder_ / "artifacts/a/b"));
  EXPECT_TRUE(fs::exists(folder_ / "artifacts/a"));
}

TEST_F(DiskBlobStoreTest, WritersAndRemoversDoNotDisturbEachOther) {
  const std::string path = source("content");
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 50; ++n) {
        const std::string key = "same/folder/" + std::to_string(i);
        if (!store_.put_file(key, path).ok()) ++failures;
        const auto content = store_.get(key, 0, 100);
        if (!content.ok() || *content != "content") ++failures;
        if (!store_.remove(key).ok()) ++failures;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_TRUE(store_.list("")->empty());
}

TEST_F(DiskBlobStoreTest, AFullDiskLeavesTheOldContent) {
  const std::string mount = folder_ / "small";
  fs::create_directories(mount);
  if (::geteuid() != 0 || ::mount("tmpfs", mount.c_str(), "tmpfs", 0, "size=64k") != 0) {
    GTEST_SKIP() << "needs root to mount a small tmpfs";
  }
  DiskBlobStore store(mount);
  ASSERT_TRUE(store.put_file("key", source("old")).ok());
  const auto status = store.put_file("key", source(std::string(1 << 20, 'x')));
  EXPECT_EQ(status.error().code, ErrorCode::kIo);
  EXPECT_NE(status.error().text().find("disk is full"), std::string::npos) << status.error().text();
  EXPECT_EQ(*store.get("key", 0, 10), "old");
  EXPECT_EQ(store.list("")->size(), 1u);
  EXPECT_TRUE(fs::is_empty(mount + "/.incoming"));
  ::umount2(mount.c_str(), MNT_DETACH);
}

}  // namespace
}  // namespace slipway::adapter
