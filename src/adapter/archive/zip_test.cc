// Zips as others make them (Python's), hostile ones too.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "adapter/archive/single_file.h"
#include "adapter/archive/test_folder.h"
#include "adapter/archive/unpack.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

class ZipTest : public ::testing::Test {
 protected:
  // `script` fills the zip `z`; zipfile and stat are imported.
  void make(const std::string& script) {
    std::ofstream(folder_ / "make.py")
        << "import stat, zipfile\nz = zipfile.ZipFile('" << zip_
        << "', 'w', zipfile.ZIP_DEFLATED)\n"
        << "def entry(name, mode, data=''):\n  info = zipfile.ZipInfo(name)\n"
        << "  info.external_attr = mode << 16\n  info.create_system = 3\n"
        << "  z.writestr(info, data)\n"
        << script << "\nz.close()\n";
    ASSERT_EQ(std::system(("python3 " + (folder_ / "make.py")).c_str()), 0);
  }
  Fd open() { return Fd(::open(zip_.c_str(), O_RDONLY | O_CLOEXEC)); }
  Status unpack() {
    fs::remove_all(out_);
    fs::create_directories(out_);
    return unpack_zip(open(), out_);
  }

  TestFolder folder_;
  std::string zip_ = folder_ / "x.zip", out_ = folder_ / "out";
};

TEST_F(ZipTest, UnpacksFilesFoldersModesAndLinks) {
  make(
      "z.writestr('d/f', 'content' * 1000)\nentry('d/run', stat.S_IFREG | 0o4755, '#!')\n"
      "entry('empty/', stat.S_IFDIR | 0o750)\nentry('link', stat.S_IFLNK | 0o777, 'd/f')\n"
      "z.writestr('übung', 'ä')");
  const Status unpacked = unpack();
  ASSERT_TRUE(unpacked.ok()) << unpacked.error().text();
  EXPECT_EQ(content_of(out_ + "/d/f").size(), 7000u);
  EXPECT_EQ(fs::status(out_ + "/d/run").permissions(), fs::perms(0755)) << "no setuid";
  EXPECT_EQ(fs::status(out_ + "/empty").permissions(), fs::perms(0750));
  EXPECT_EQ(fs::read_symlink(out_ + "/link"), "d/f");
  EXPECT_EQ(content_of(out_ + "/übung"), "ä");
}

TEST_F(ZipTest, NoEntryLeavesTheFolder) {
  make("z.writestr('../escaped', 'x')");
  EXPECT_EQ(unpack().error().code, ErrorCode::kInvalid);
  make("z.writestr('/escaped', 'x')");
  ASSERT_TRUE(unpack().ok());
  EXPECT_EQ(content_of(out_ + "/escaped"), "x");
  make("entry('way', stat.S_IFLNK | 0o777, '" + folder_.path() + "')\n" +
       "z.writestr('way/escaped', 'x')\n");
  ASSERT_TRUE(unpack().ok());
  EXPECT_FALSE(fs::exists(folder_ / "escaped"));
}

TEST_F(ZipTest, DamageIsAnError) {
  std::ofstream(zip_) << "no zip at all";
  EXPECT_EQ(unpack().error().code, ErrorCode::kInvalid);
  make("z.writestr('a', 'content' * 100000)");
  std::fstream(zip_, std::ios::in | std::ios::out).seekp(100) << "broken";
  EXPECT_EQ(unpack().error().code, ErrorCode::kInvalid);
  fs::resize_file(zip_, fs::file_size(zip_) / 2);
  EXPECT_EQ(unpack().error().code, ErrorCode::kInvalid);
}

TEST_F(ZipTest, OneFileIsReadInMemoryAndNoMoreThanAllowed) {
  make("z.writestr('a', 'text')");
  EXPECT_EQ(*read_single_of_zip(open(), 4), "text");
  EXPECT_EQ(read_single_of_zip(open(), 3).error().code, ErrorCode::kLimit);
  make("z.writestr('a', '0' * 50_000_000)");
  ASSERT_LT(fs::file_size(zip_), 100'000u);
  EXPECT_EQ(read_single_of_zip(open(), 1000).error().code, ErrorCode::kLimit);
  for (const char* more : {"z.writestr('a', '')\nz.writestr('b', '')", "z.writestr('d/a', '')", "",
                           "entry('l', stat.S_IFLNK | 0o777, '/etc/passwd')"}) {
    make(more);
    EXPECT_EQ(read_single_of_zip(open(), 100).error().code, ErrorCode::kInvalid) << more;
  }
}

}  // namespace
}  // namespace slipway::adapter
