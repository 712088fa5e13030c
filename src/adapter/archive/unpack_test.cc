#include "adapter/archive/unpack.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <fstream>

#include "adapter/archive/digest.h"
#include "adapter/archive/tar_builder.h"
#include "adapter/archive/test_folder.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

struct stat look(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
  return info;
}

class UnpackTest : public ::testing::Test {
 protected:
  Result<Unpacked> unpack(const std::string& tar, UnpackAs as = UnpackAs::kLayer) {
    fs::create_directories(out_);
    return unpack_tar(Fd(::open(tar.c_str(), O_RDONLY | O_CLOEXEC)), out_, as);
  }

  TestFolder folder_;
  std::string tar_ = folder_ / "x.tar";
  std::string out_ = folder_ / "out";
};

TEST_F(UnpackTest, KeepsModesTimesLinksAndOwners) {
  TarBuilder tar(tar_);
  tar.folder("bin", 0555).file("bin/tool", "#!", 04755, 12, 34).hard_link("bin/same", "bin/tool");
  tar.link("tool", "/bin/tool").file("./naïve/übung", "ä");
  tar.close();
  const auto unpacked = unpack(tar_);
  ASSERT_TRUE(unpacked.ok()) << unpacked.error().text();
  EXPECT_EQ(unpacked->digests.content, sha256_hex(content_of(tar_)));
  EXPECT_EQ(unpacked->digests.unpacked, unpacked->digests.content);
  const struct stat tool = look(out_ + "/bin/tool");
  EXPECT_EQ(tool.st_mode & 07777, 04755u);
  EXPECT_EQ(tool.st_mtime, 1'600'000'000);
  EXPECT_EQ(tool.st_ino, look(out_ + "/bin/same").st_ino);
  EXPECT_EQ(look(out_ + "/bin").st_mode & 07777, 0555u);
  EXPECT_EQ(look(out_ + "/bin").st_mtime, 1'600'000'000);
  EXPECT_EQ(fs::read_symlink(out_ + "/tool"), "/bin/tool");
  EXPECT_EQ(content_of(out_ + "/naïve/übung"), "ä");
  if (::geteuid() == 0) {
    EXPECT_EQ(tool.st_uid, 12u);
    EXPECT_EQ(tool.st_gid, 34u);
  }
}

TEST_F(UnpackTest, ReadsEveryCompressionWithBothDigests) {
  TarBuilder(tar_).file("a", "hello").close();
  const std::string plain = sha256_hex(content_of(tar_));
  using Compression = TarBuilder::Compression;
  for (const auto compression :
       {Compression::kGzip, Compression::kZstd, Compression::kXz, Compression::kBzip2}) {
    const std::string path = folder_ / "y.tar";
    fs::remove_all(out_);
    TarBuilder(path, compression).file("a", "hello").close();
    const auto unpacked = unpack(path);
    ASSERT_TRUE(unpacked.ok()) << unpacked.error().text();
    EXPECT_EQ(unpacked->digests.unpacked, plain);
    EXPECT_EQ(unpacked->digests.content, sha256_hex(content_of(path)));
    EXPECT_EQ(content_of(out_ + "/a"), "hello");
  }
}

TEST_F(UnpackTest, TurnsWhiteoutsIntoOverlayForm) {
  if (::geteuid() != 0) GTEST_SKIP() << "trusted.* attributes need root";
  TarBuilder tar(tar_);
  tar.file("etc/.wh.gone", "").file("opt/.wh..wh..opq", "").file("opt/new", "n");
  tar.file(".wh..wh.plnk/1", "").file(".wh..wh.orph", "");
  tar.file("dir/.wh.sub", "").folder("dir/sub").file("dir/sub/x", "x");
  tar.file("two/sub/x", "x").file("two/.wh.sub", "");
  tar.close();
  const auto unpacked = unpack(tar_);
  ASSERT_TRUE(unpacked.ok()) << unpacked.error().text();
  const struct stat gone = look(out_ + "/etc/gone");
  EXPECT_TRUE(S_ISCHR(gone.st_mode));
  EXPECT_EQ(gone.st_rdev, makedev(0, 0));
  for (const char* opaque : {"/opt", "/dir/sub", "/two/sub"}) {
    char value[4] = {};
    EXPECT_EQ(::lgetxattr((out_ + opaque).c_str(), "trusted.overlay.opaque", value, 4), 1)
        << opaque;
    EXPECT_EQ(value[0], 'y') << opaque;
  }
  EXPECT_EQ(content_of(out_ + "/dir/sub/x"), "x");
  EXPECT_FALSE(fs::exists(out_ + "/.wh..wh.orph"));
  EXPECT_FALSE(fs::exists(out_ + "/opt/.wh..wh..opq"));
}

TEST_F(UnpackTest, AnEntryCanNotLeaveByDots) {
  for (const char* name : {"../escaped", "a/../../escaped", "/../escaped", ".."}) {
    TarBuilder(tar_).file(name, "x").close();
    const auto unpacked = unpack(tar_);
    ASSERT_FALSE(unpacked.ok()) << name;
    EXPECT_EQ(unpacked.error().code, ErrorCode::kInvalid);
  }
  EXPECT_FALSE(fs::exists(folder_ / "escaped"));
}

TEST_F(UnpackTest, AnEntryCanNotLeaveThroughALink) {
  const std::string outside = folder_ / "outside";
  fs::create_directories(outside);
  std::ofstream(outside + "/victim") << "untouched";
  TarBuilder tar(tar_);
  tar.link("absolute", outside).file("absolute/planted", "x");
  tar.link("dots", "../../../../../../.." + outside).file("dots/planted", "x");
  tar.link("file", outside + "/victim").file("file", "overwritten");
  tar.file("/etc/absolute-name", "inside");
  tar.close();
  const auto unpacked = unpack(tar_);
  ASSERT_TRUE(unpacked.ok()) << unpacked.error().text();
  EXPECT_FALSE(fs::exists(outside + "/planted"));
  EXPECT_EQ(content_of(outside + "/victim"), "untouched");
  EXPECT_EQ(content_of(out_ + "/file"), "overwritten");
  EXPECT_EQ(content_of(out_ + "/etc/absolute-name"), "inside");
}

TEST_F(UnpackTest, AHardLinkCanNotReachOutside) {
  const std::string outside = folder_ / "secret";
  std::ofstream(outside) << "secret";
  for (const std::string target : {"../secret", outside.c_str()}) {
    TarBuilder(tar_).hard_link("stolen", target).close();
    const auto unpacked = unpack(tar_);
    EXPECT_FALSE(unpacked.ok()) << target;
    EXPECT_FALSE(fs::exists(out_ + "/stolen"));
  }
  // By way of a symbolic link: the link itself is linked, not what it names.
  TarBuilder(tar_).link("way", outside).hard_link("stolen", "way").close();
  const auto unpacked = unpack(tar_);
  ASSERT_TRUE(unpacked.ok()) << unpacked.error().text();
  EXPECT_TRUE(fs::is_symlink(out_ + "/stolen"));
}

TEST_F(UnpackTest, ALayerCanNotSteerOverlayfs) {
  TarBuilder(tar_).file_with_xattr("a", "trusted.overlay.redirect", "/etc").close();
  ASSERT_TRUE(unpack(tar_).ok());
  EXPECT_LT(::lgetxattr((out_ + "/a").c_str(), "trusted.overlay.redirect", nullptr, 0), 0);
  TarBuilder(tar_).character_device("b", 0, 0).close();
  EXPECT_FALSE(unpack(tar_).ok());
  for (const char* name : {".wh.", ".wh..", "x/.wh..."}) {
    TarBuilder(tar_).file(name, "").close();
    EXPECT_FALSE(unpack(tar_).ok()) << name;
  }
}

TEST_F(UnpackTest, KeepsAllowedAttributesOfALayer) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const std::string capability(
      "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
      "\x00\x00\x00\x00",
      20);
  TarBuilder(tar_).file_with_xattr("ping", "security.capability", capability).close();
  ASSERT_TRUE(unpack(tar_).ok());
  EXPECT_EQ(::lgetxattr((out_ + "/ping").c_str(), "security.capability", nullptr, 0), 20);
}

TEST_F(UnpackTest, PlainFilesHaveNoDevicesAndNoSetuid) {
  TarBuilder tar(tar_);
  tar.character_device("null", 1, 3).file("su", "", 06755, 77, 77).file(".wh.x", "kept");
  tar.close();
  ASSERT_TRUE(unpack(tar_, UnpackAs::kFiles).ok());
  EXPECT_FALSE(fs::exists(out_ + "/null"));
  EXPECT_EQ(look(out_ + "/su").st_mode & 07777, 0755u);
  EXPECT_EQ(look(out_ + "/su").st_uid, ::geteuid());
  EXPECT_EQ(content_of(out_ + "/.wh.x"), "kept");
}

TEST_F(UnpackTest, LaterEntriesReplaceEarlierOnes) {
  TarBuilder tar(tar_);
  tar.file("x", "file").folder("x").file("x/y", "1").file("x/y", "2");
  tar.folder("z").file("z/deep/er", "").file("z", "now a file");
  tar.close();
  ASSERT_TRUE(unpack(tar_).ok());
  EXPECT_EQ(content_of(out_ + "/x/y"), "2");
  EXPECT_EQ(content_of(out_ + "/z"), "now a file");
}

TEST_F(UnpackTest, DamageIsAnError) {
  TarBuilder(tar_, TarBuilder::Compression::kGzip).file("a", std::string(100'000, 'x')).close();
  fs::resize_file(tar_, fs::file_size(tar_) / 2);
  EXPECT_EQ(unpack(tar_).error().code, ErrorCode::kInvalid);
  std::ofstream(tar_) << "this is no archive at all, only some words that go on for a while";
  EXPECT_EQ(unpack(tar_).error().code, ErrorCode::kInvalid);
}

// Argo looks for a tar inside gzip and for nothing else.
TEST_F(UnpackTest, RecognisesATarInsideGzip) {
  using Compression = TarBuilder::Compression;
  TarBuilder(tar_, Compression::kGzip).file("a", "").close();
  EXPECT_TRUE(*is_tar_gzip(tar_));
  for (const auto other : {Compression::kNone, Compression::kZstd, Compression::kXz}) {
    TarBuilder(tar_, other).file("a", "").close();
    EXPECT_FALSE(*is_tar_gzip(tar_));
  }
  TarBuilder(tar_, Compression::kGzip).close();
  EXPECT_FALSE(*is_tar_gzip(tar_)) << "it has no entry";
  ASSERT_EQ(std::system(("echo words | gzip > " + tar_).c_str()), 0);
  EXPECT_FALSE(*is_tar_gzip(tar_));
  for (const char* text : {"", "x", "hello world", "\x1f\x8b", "PK\x03\x04 and so on"}) {
    std::ofstream(tar_) << text;
    EXPECT_FALSE(*is_tar_gzip(tar_)) << text;
  }
  EXPECT_EQ(is_tar_gzip(folder_ / "absent").error().code, ErrorCode::kNotFound);
}

TEST_F(UnpackTest, HolesCountAsWhatTheyBecome) {
  const std::string sparse = folder_ / "sparse";
  std::ofstream(sparse) << "x";
  fs::resize_file(sparse, uintmax_t{1} << 40);
  ASSERT_EQ(std::system(("tar -S -C " + folder_.path() + " -cf " + tar_ + " sparse").c_str()), 0);
  ASSERT_LT(fs::file_size(tar_), 1u << 20);
  EXPECT_EQ(unpack(tar_, UnpackAs::kFiles).error().code, ErrorCode::kLimit);
}

}  // namespace
}  // namespace slipway::adapter
