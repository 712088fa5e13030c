#include "adapter/blob/artifact.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "adapter/archive/tar_builder.h"
#include "adapter/archive/tar_stream.h"
#include "adapter/archive/test_folder.h"
#include "adapter/archive/tree.h"
#include "adapter/blob/artifact_files.h"
#include "adapter/blob/disk_blob_store.h"
#include "adapter/process/test_peer.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;
using Type = pod::ArtifactLocation::Type;

class ArtifactTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(root_ + "/tmp/dir/deep");
    write("/tmp/hello.txt", "hello");
    write("/tmp/dir/a", "a");
    write("/tmp/dir/deep/b", "b");
    fs::create_symlink("deep/b", root_ + "/tmp/dir/link");
  }
  void write(const std::string& path, const std::string& content) {
    std::ofstream(root_ + path) << content;
  }

  Result<pod::SavedArtifact> save(const std::string& source,
                                  pod::Archive archive = pod::Archive::kTarGzip, int level = -1) {
    pod::OutputArtifact artifact;
    artifact.name = "out";
    artifact.location.key = "wf/pod/out.tgz";
    artifact.archive = archive;
    artifact.compression_level = level;
    return save_artifact(artifact, root_, source, folder_ / "scratch", store_);
  }
  pod::InputArtifact stored(const std::string& key = "wf/pod/out.tgz") {
    pod::InputArtifact artifact;
    artifact.name = "in";
    artifact.location.key = key;
    return artifact;
  }
  Status load(const pod::InputArtifact& artifact) {
    const fs::path target = target_;
    fs::create_directories(target.parent_path());
    const auto folder = open_folder(target.parent_path());
    return load_artifact(artifact, {.folder = folder->get(), .name = target.filename()},
                         folder_ / "scratch", store_);
  }

  TestFolder folder_;
  std::string root_ = folder_ / "root";
  std::string target_ = folder_ / "in/put/target";
  DiskBlobStore store_{folder_ / "artifacts"};
};

TEST_F(ArtifactTest, AFileGoesRoundInEveryArchive) {
  for (const auto archive : {pod::Archive::kTarGzip, pod::Archive::kTar, pod::Archive::kNone}) {
    const auto saved = save("/tmp/hello.txt", archive);
    ASSERT_TRUE(saved.ok()) << saved.error().text();
    EXPECT_EQ(saved->size_bytes, store_.stat(saved->key)->size_bytes);
    pod::InputArtifact back = stored();
    if (archive == pod::Archive::kTar) back.archive = archive;  // else nobody looks for one
    ASSERT_TRUE(load(back).ok());
    EXPECT_EQ(content_of(target_), "hello");
  }
  EXPECT_TRUE(fs::is_empty(folder_ / "scratch"));
}

TEST_F(ArtifactTest, AFolderKeepsItsTreeAndItsLinks) {
  for (const int level : {-1, 0, 9}) {
    ASSERT_TRUE(save("/tmp/dir", pod::Archive::kTarGzip, level).ok());
    fs::remove_all(target_);
    ASSERT_TRUE(load(stored()).ok());
    EXPECT_EQ(content_of(target_ + "/deep/b"), "b");
    EXPECT_EQ(fs::read_symlink(target_ + "/link"), "deep/b");
  }
  EXPECT_EQ(save("/tmp/dir", pod::Archive::kTarGzip, 10).error().code, ErrorCode::kInvalid);
}

TEST_F(ArtifactTest, TheSameTreeGivesTheSameBytes) {
  ASSERT_TRUE(save("/tmp/dir").ok());
  const auto first = store_.get("wf/pod/out.tgz", 0, 1 << 20);
  ASSERT_TRUE(save("/tmp/dir").ok());
  EXPECT_EQ(*first, *store_.get("wf/pod/out.tgz", 0, 1 << 20));
}

TEST_F(ArtifactTest, AFolderWithoutArchiveIsOneObjectPerFile) {
  const auto saved = save("/tmp/dir", pod::Archive::kNone);
  ASSERT_TRUE(saved.ok()) << saved.error().text();
  EXPECT_EQ(saved->size_bytes, 3);
  const auto listed = store_.list("wf/pod/out.tgz/");
  ASSERT_EQ(listed->size(), 3u);
  EXPECT_EQ((*listed)[2].key, "wf/pod/out.tgz/link");
  ASSERT_TRUE(load(stored()).ok());
  EXPECT_EQ(content_of(target_ + "/deep/b"), "b");
  pod::InputArtifact part = stored();
  part.sub_path = "deep";
  fs::remove_all(target_);
  ASSERT_TRUE(load(part).ok());
  EXPECT_EQ(content_of(target_ + "/b"), "b");
}

// map-reduce of Argo's examples says so of its parts.
TEST_F(ArtifactTest, AFoldersKeyMayEndInASlash) {
  pod::OutputArtifact folder;
  folder.name = "out";
  folder.location.key = "wf/parts/";
  folder.archive = pod::Archive::kNone;
  const auto saved = save_artifact(folder, root_, "/tmp/dir", folder_ / "scratch", store_);
  ASSERT_TRUE(saved.ok()) << saved.error().text();
  EXPECT_EQ(store_.list("wf/")->front().key, "wf/parts/a");
  pod::InputArtifact part = stored("wf/parts/");
  ASSERT_TRUE(load(part).ok());
  EXPECT_EQ(content_of(target_ + "/deep/b"), "b");
  part.sub_path = "deep";
  fs::remove_all(target_);
  ASSERT_TRUE(load(part).ok());
  EXPECT_EQ(content_of(target_ + "/b"), "b");
  ArtifactFiles files(store_);
  Status removed = Error{ErrorCode::kIo, "not answered", ""};
  files.remove(part.location, [&](Status said) { removed = std::move(said); });
  EXPECT_TRUE(removed.ok()) << removed.error().text();
  EXPECT_TRUE(store_.list("wf/")->empty());
}

// unarchiveArtifact() in workflow/executor/executor.go of Argo.
TEST_F(ArtifactTest, ItsArchiveSaysWhatIsUnpacked) {
  const auto loaded = [&](std::optional<pod::Archive> archive, const std::string& key) {
    pod::InputArtifact artifact = stored(key);
    artifact.archive = archive;
    fs::remove_all(target_);
    return load(artifact);
  };
  ASSERT_TRUE(save("/tmp/dir", pod::Archive::kZip).ok());
  const std::string key = "wf/pod/out.tgz";
  ASSERT_TRUE(loaded(std::nullopt, key).ok());
  EXPECT_EQ(content_of(target_).substr(0, 2), "PK") << "nobody looks for a zip";
  ASSERT_TRUE(loaded(pod::Archive::kZip, key).ok());
  EXPECT_EQ(content_of(target_ + "/deep/b"), "b");
  EXPECT_EQ(fs::read_symlink(target_ + "/link"), "deep/b");
  EXPECT_EQ(loaded(pod::Archive::kTarGzip, key).error().code, ErrorCode::kInvalid);

  ASSERT_TRUE(save("/tmp/dir").ok());
  ASSERT_TRUE(loaded(pod::Archive::kTarGzip, key).ok());
  EXPECT_EQ(content_of(target_ + "/a"), "a");
  ASSERT_TRUE(loaded(pod::Archive::kNone, key).ok());
  EXPECT_EQ(content_of(target_).substr(0, 2), "\x1f\x8b") << "it stays packed";
  EXPECT_EQ(loaded(pod::Archive::kZip, key).error().code, ErrorCode::kInvalid);

  ASSERT_TRUE(save("/tmp/dir", pod::Archive::kTar).ok());
  ASSERT_TRUE(loaded(std::nullopt, key).ok());
  EXPECT_TRUE(fs::is_regular_file(target_)) << "a tar without gzip is a file like any other";
  ASSERT_TRUE(store_.remove(key).ok());

  ASSERT_TRUE(save("/tmp/dir", pod::Archive::kNone).ok());
  ASSERT_TRUE(loaded(pod::Archive::kNone, key).ok());
  EXPECT_EQ(content_of(target_ + "/a"), "a");
  const Status folder = loaded(pod::Archive::kTarGzip, key);
  EXPECT_NE(folder.error().text().find("it is a folder, but its `archive` says"),
            std::string::npos);
}

TEST_F(ArtifactTest, SubPathAndModesApply) {
  ASSERT_TRUE(save("/tmp/dir").ok());
  pod::InputArtifact artifact = stored();
  artifact.sub_path = "deep";
  artifact.mode = 0750;
  ASSERT_TRUE(load(artifact).ok());
  EXPECT_EQ(fs::status(target_).permissions(), fs::perms(0750));
  EXPECT_NE(fs::status(target_ + "/b").permissions(), fs::perms(0750));
  fs::remove_all(target_);
  artifact.recurse_mode = true;
  ASSERT_TRUE(load(artifact).ok());
  EXPECT_EQ(fs::status(target_ + "/b").permissions(), fs::perms(0750));
  artifact.sub_path = "absent";
  EXPECT_EQ(load(artifact).error().code, ErrorCode::kNotFound);
  artifact.sub_path = "../..";
  EXPECT_EQ(load(artifact).error().code, ErrorCode::kInvalid);
}

TEST_F(ArtifactTest, WhatIsMissingIsNotFound) {
  EXPECT_EQ(save("/tmp/absent").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(save("/tmp/hello.txt/below").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(load(stored("no/such")).error().code, ErrorCode::kNotFound);
}

TEST_F(ArtifactTest, AContainerCanNotSaveTheHostsFiles) {
  std::ofstream(folder_ / "host-secret") << "secret";
  fs::create_symlink(folder_ / "host-secret", root_ + "/tmp/absolute");
  fs::create_symlink("../../host-secret", root_ + "/tmp/dots");
  fs::create_symlink("/", root_ + "/tmp/up");
  for (const char* source :
       {"/tmp/absolute", "/tmp/dots", "/../host-secret", "/tmp/up/../host-secret"}) {
    EXPECT_EQ(save(source, pod::Archive::kNone).error().code, ErrorCode::kNotFound) << source;
  }
  // A link to a file of the container is that file.
  fs::create_symlink("/tmp/hello.txt", root_ + "/tmp/inside");
  ASSERT_TRUE(save("/tmp/inside", pod::Archive::kNone).ok());
  EXPECT_EQ(*store_.get("wf/pod/out.tgz", 0, 10), "hello");
  // Links inside a saved folder are never followed to the host.
  fs::create_symlink(folder_ / "host-secret", root_ + "/tmp/dir/stolen");
  const auto saved = save("/tmp/dir", pod::Archive::kNone);
  EXPECT_EQ(store_.stat("wf/pod/out.tgz/stolen").error().code, ErrorCode::kNotFound);
  ::mkfifo((root_ + "/tmp/pipe").c_str(), 0600);
  EXPECT_EQ(save("/tmp/pipe").error().code, ErrorCode::kInvalid);
}

TEST_F(ArtifactTest, AHostileArchiveCanNotLeaveTheTarget) {
  using Compression = TarBuilder::Compression;
  TarBuilder(folder_ / "evil.tar", Compression::kGzip).file("../../escaped", "x").close();
  ASSERT_TRUE(store_.put_file("evil", folder_ / "evil.tar").ok());
  EXPECT_EQ(load(stored("evil")).error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(fs::exists(folder_ / "escaped"));
  EXPECT_FALSE(fs::exists(target_));
  EXPECT_TRUE(fs::is_empty(folder_ / "scratch"));
}

TEST_F(ArtifactTest, RawContentIsWrittenAsItIs) {
  pod::InputArtifact artifact;
  artifact.location.type = Type::kRaw;
  artifact.location.raw = std::string("a\0b", 3);
  ASSERT_TRUE(load(artifact).ok());
  EXPECT_EQ(content_of(target_), artifact.location.raw);
}

TEST_F(ArtifactTest, AFolderJoinsAFolderThatIsThere) {
  fs::create_directories(target_ + "/deep");
  std::ofstream(target_ + "/kept") << "kept";
  ASSERT_TRUE(save("/tmp/dir").ok());
  ASSERT_TRUE(load(stored()).ok());
  EXPECT_EQ(content_of(target_ + "/kept"), "kept");
  EXPECT_EQ(content_of(target_ + "/deep/b"), "b");
  ASSERT_TRUE(save("/tmp/hello.txt").ok());
  EXPECT_EQ(load(stored()).error().code, ErrorCode::kConflict);
}

TEST_F(ArtifactTest, AnswersOfHttpHaveTheirCodes) {
  TestHttpServer server([](const std::string& head) {
    const auto is = [&](const char* path) { return head.starts_with(std::string("GET ") + path); };
    if (is("/ok") && head.find("X-Token: t") != std::string::npos) {
      return TestHttpServer::answer("200 OK", "", "content");
    }
    if (is("/moved")) return TestHttpServer::answer("302 Found", "Location: /ok\r\n", "");
    if (is("/file"))
      return TestHttpServer::answer("302 Found", "Location: file:///etc/passwd\r\n", "");
    if (is("/busy")) return TestHttpServer::answer("503 Busy", "", "try later");
    if (is("/secret")) return TestHttpServer::answer("401 No", "", "");
    return TestHttpServer::answer("404 Not Found", "", "");
  });
  const auto get = [&](const std::string& path) {
    pod::InputArtifact artifact;
    artifact.location.type = Type::kHttp;
    artifact.location.url = "http://" + server.address() + path;
    artifact.location.headers = {{"X-Token", "t"}};
    return load(artifact);
  };
  ASSERT_TRUE(get("/moved").ok());
  EXPECT_EQ(content_of(target_), "content");
  EXPECT_EQ(get("/absent").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(get("/secret").error().code, ErrorCode::kUnauthorized);
  EXPECT_EQ(get("/busy").error().code, ErrorCode::kUnavailable);
  EXPECT_NE(get("/busy").error().text().find("try later"), std::string::npos);
  EXPECT_EQ(get("/file").error().code, ErrorCode::kInvalid);
}

TEST_F(ArtifactTest, AListingThatIsHostileIsRefused) {
  std::mutex mutex;
  std::string listed;  // guarded by mutex
  TestHttpServer server([&](const std::string& head) {
    const std::lock_guard lock(mutex);
    if (head.find("list-type=2") == std::string::npos) {
      return TestHttpServer::answer("404 Not Found", "", "<Error><Code>NoSuchKey</Code></Error>");
    }
    return TestHttpServer::answer("200 OK", "",
                                  "<ListBucketResult><Contents><Key>" + listed +
                                      "</Key><Size>1</Size></Contents></ListBucketResult>");
  });
  pod::InputArtifact artifact = stored("wf/parts");
  artifact.location.type = Type::kS3;
  artifact.location.options = {{"endpoint", server.address()},
                               {"bucket", "b"},
                               {"insecure", true},
                               {"accessKeySecret", "AK"},
                               {"secretKeySecret", "SK"}};
  for (const char* key : {"x", "wf/other", "/etc/passwd", "wf/parts/../../../escaped"}) {
    {
      const std::lock_guard lock(mutex);
      listed = key;
    }
    const Status refused = load(artifact);
    ASSERT_FALSE(refused.ok()) << key;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalid) << refused.error().text();
    EXPECT_NE(refused.error().text().find(key), std::string::npos) << refused.error().text();
  }
  EXPECT_FALSE(fs::exists(target_));
}

TEST_F(ArtifactTest, WhatIsNotSupportedSaysSo) {
  pod::InputArtifact in;
  in.location.type = Type::kS3;
  EXPECT_EQ(load(in).error().code, ErrorCode::kInvalid);  // without an endpoint
  pod::OutputArtifact out;
  out.location.type = Type::kGit;
  EXPECT_EQ(save_artifact(out, root_, "/tmp/hello.txt", folder_ / "scratch", store_).error().code,
            ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace slipway::adapter
