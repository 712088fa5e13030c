#include "adapter/blob/artifact_text.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "adapter/archive/tar_builder.h"
#include "adapter/archive/test_folder.h"
#include "adapter/blob/artifact_files.h"
#include "adapter/blob/disk_blob_store.h"
#include "adapter/process/test_peer.h"
#include "base/limit.h"
#include "core/pod/plan.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;
using Type = pod::ArtifactLocation::Type;
using Compression = TarBuilder::Compression;

class ArtifactTextTest : public ::testing::Test {
 protected:
  void put(const std::string& path) { ASSERT_TRUE(store_.put_file("k", path).ok()); }
  void put_text(const std::string& text) {
    std::ofstream(file_) << text;
    put(file_);
  }
  Result<std::string> read(size_t max_bytes = 100'000, std::optional<pod::Archive> archive = {}) {
    pod::InputArtifact artifact{.name = "a", .location = {.key = "k"}, .archive = archive};
    return read_artifact_text(artifact, max_bytes, store_);
  }

  TestFolder folder_;
  std::string file_ = folder_ / "file";
  DiskBlobStore store_{folder_ / "artifacts"};
};

TEST_F(ArtifactTextTest, IsAFileOrTheOneFileOfAnArchive) {
  put_text("plain");
  EXPECT_EQ(*read(), "plain");
  put(TarBuilder(file_, Compression::kGzip).folder("./").file("./m.yaml", "packed").close());
  EXPECT_EQ(*read(), "packed");
  EXPECT_NE(*read(100'000, pod::Archive::kNone), "packed");
  put(TarBuilder(file_).file("m.yaml", "tar").close());
  EXPECT_EQ(*read(100'000, pod::Archive::kTarGzip), "tar");
  EXPECT_EQ(read(100'000, pod::Archive::kZip).error().code, ErrorCode::kInvalid);
}

// Followed, it is a file of this machine, or a pipe that never says anything.
TEST_F(ArtifactTextTest, FollowsNoLinkAndTakesNoPipe) {
  std::ofstream(folder_ / "secret") << "secret";
  for (const std::string& to : {folder_ / "secret", std::string("/proc/kmsg")}) {
    put(TarBuilder(file_, Compression::kGzip).link("m.yaml", to).close());
    const auto refused = read();
    ASSERT_FALSE(refused.ok()) << to;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  }
  put(TarBuilder(file_, Compression::kGzip).hard_link("m.yaml", folder_ / "secret").close());
  EXPECT_EQ(read().error().code, ErrorCode::kInvalid);
  for (const bool nested : {true, false}) {
    TarBuilder tar(file_, Compression::kGzip);
    tar.file(nested ? "d/m.yaml" : "m.yaml", "x");
    if (!nested) tar.file("second", "y");
    put(tar.close());
    EXPECT_EQ(read().error().code, ErrorCode::kInvalid);
  }
}

TEST_F(ArtifactTextTest, ReadsNoMoreThanAllowed) {
  put_text(std::string(101, 'x'));
  EXPECT_EQ(read(100).error().code, ErrorCode::kLimit);
  put_text(std::string(100, 'x'));
  EXPECT_EQ(read(100)->size(), 100u);
  put(TarBuilder(file_, Compression::kGzip).file("m", std::string(50'000'000, '0')).close());
  ASSERT_LT(fs::file_size(file_), 100'000u);
  EXPECT_EQ(read(100'000).error().code, ErrorCode::kLimit);
  TestHttpServer server([](const std::string&) {
    return TestHttpServer::answer("200 OK", "", std::string(2000, 'x'));
  });
  pod::InputArtifact web{.name = "web",
                         .location = {.type = Type::kHttp, .url = "http://" + server.address()}};
  EXPECT_EQ(read_artifact_text(web, 1000, store_).error().code, ErrorCode::kLimit);
  EXPECT_EQ(read_artifact_text(web, 2000, store_)->size(), 2000u);
}

TEST_F(ArtifactTextTest, ASubPathIsAPartOfTheKey) {
  std::ofstream(file_) << "below";
  ASSERT_TRUE(store_.put_file("folder/m.yaml", file_).ok());
  pod::InputArtifact artifact{.name = "a", .location = {.key = "folder"}, .sub_path = "m.yaml"};
  EXPECT_EQ(*read_artifact_text(artifact, 100, store_), "below");
  artifact.sub_path = "absent";
  EXPECT_EQ(read_artifact_text(artifact, 100, store_).error().code, ErrorCode::kNotFound);
  artifact.location.type = Type::kGit;
  EXPECT_EQ(read_artifact_text(artifact, 100, store_).error().code, ErrorCode::kInvalid);
}

// Whoever asks is the thread that decides everything.
TEST_F(ArtifactTextTest, IsReadByAThreadThatMayWait) {
  put_text("plain");
  ArtifactFiles files(store_);
  std::promise<std::thread::id> reader;
  files.read_text({.name = "a", .location = {.key = "k"}}, [&](const Result<std::string>&) {
    reader.set_value(std::this_thread::get_id());
  });
  EXPECT_NE(reader.get_future().get(), std::this_thread::get_id());
}

}  // namespace
}  // namespace slipway::adapter
