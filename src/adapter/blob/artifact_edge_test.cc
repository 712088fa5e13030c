// Files that are odd: what becomes of them on their way through an artifact. Where Argo's outcome
// differs it is said.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "adapter/archive/fd.h"
#include "adapter/archive/test_folder.h"
#include "adapter/archive/tree.h"
#include "adapter/blob/artifact.h"
#include "adapter/blob/disk_blob_store.h"
#include "core/pod/plan.h"
#include "core/pod/report.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

class ArtifactEdgeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(root_ + "/d");
    write("kept", "kept");
  }
  void write(const std::string& name, const std::string& content) {
    std::ofstream(root_ + "/d/" + name) << content;
  }
  static std::string read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  std::string loaded(const std::string& name) { return read(target_ + "/" + name); }

  // The folder as an artifact, and back.
  void go_round(pod::Archive archive) {
    pod::OutputArtifact out{.name = "out", .path = "/d", .location = {.key = "k"}};
    out.archive = archive;
    const auto before = store_.list("k");
    for (const auto& blob : *before) ASSERT_TRUE(store_.remove(blob.key).ok());
    const auto saved = save_artifact(out, root_, "/d", folder_ / "scratch", store_);
    ASSERT_TRUE(saved.ok()) << saved.error().text();
    pod::InputArtifact in{.name = "in", .path = "/in", .location = {.key = "k"}};
    fs::remove_all(target_);
    const auto folder = open_folder(folder_.path());
    const Status status =
        load_artifact(in, {.folder = folder->get(), .name = "in"}, folder_ / "scratch", store_);
    ASSERT_TRUE(status.ok()) << status.error().text();
    EXPECT_EQ(loaded("kept"), "kept");
  }

  TestFolder folder_;
  std::string root_ = folder_ / "root";
  std::string target_ = folder_ / "in";
  DiskBlobStore store_{folder_ / "artifacts"};
};

constexpr pod::Archive kBoth[] = {pod::Archive::kTarGzip, pod::Archive::kNone};

TEST_F(ArtifactEdgeTest, NamesOfAllSortsAreKept) {
  const std::vector<std::string> names = {"latin-\xe9\xff",     " space ",     "-dash",
                                          "\"quote'",           "back\\slash", "é日本",
                                          std::string(255, 'n')};
  for (const std::string& name : names) write(name, "of " + name);
  const std::string deep = std::string(200, 'a') + "/" + std::string(200, 'b');
  fs::create_directories(root_ + "/d/" + deep);
  write(deep + "/f", "deep");
  for (const auto archive : kBoth) {
    go_round(archive);
    for (const std::string& name : names) EXPECT_EQ(loaded(name), "of " + name);
    EXPECT_EQ(loaded(deep + "/f"), "deep");
  }
  // No key of the embedded store; as an object of its own it is refused by name.
  write("line\nbreak", "broken");
  go_round(pod::Archive::kTarGzip);
  EXPECT_EQ(loaded("line\nbreak"), "broken");
  ASSERT_TRUE(store_.remove("k").ok());
  pod::OutputArtifact out{.name = "out", .path = "/d", .location = {.key = "k"}};
  out.archive = pod::Archive::kNone;
  const auto refused = save_artifact(out, root_, "/d", folder_ / "scratch", store_);
  EXPECT_NE(refused.error().text().find("control character"), std::string::npos);
}

TEST_F(ArtifactEdgeTest, HardLinksBecomeFilesOfTheirOwn) {
  fs::create_hard_link(root_ + "/d/kept", root_ + "/d/also");
  for (const auto archive : kBoth) {
    go_round(archive);
    EXPECT_EQ(loaded("also"), "kept");
    EXPECT_EQ(fs::hard_link_count(target_ + "/also"), 1u);
  }
}

TEST_F(ArtifactEdgeTest, EmptyFilesAndSparseOnesHaveTheirSize) {
  write("empty", "");
  constexpr off_t kSize = (64 << 20) + 1;
  {
    const Fd file(::open((root_ + "/d/sparse").c_str(), O_WRONLY | O_CREAT, 0644));
    ASSERT_EQ(::ftruncate(file.get(), kSize), 0);
    ASSERT_EQ(::pwrite(file.get(), "end", 3, kSize - 3), 3);
  }
  for (const auto archive : kBoth) {
    go_round(archive);
    EXPECT_TRUE(fs::is_empty(target_ + "/empty"));
    const std::string text = loaded("sparse");
    ASSERT_EQ(text.size(), static_cast<size_t>(kSize));
    EXPECT_EQ(text.find_first_not_of('\0'), static_cast<size_t>(kSize - 3));
    EXPECT_TRUE(text.ends_with("end"));
  }
}

// An empty folder has no form as objects; Argo's drivers leave it out too.
TEST_F(ArtifactEdgeTest, EmptyFoldersAreInArchivesOnly) {
  fs::create_directory(root_ + "/d/empty");
  go_round(pod::Archive::kTarGzip);
  EXPECT_TRUE(fs::is_directory(target_ + "/empty"));
  go_round(pod::Archive::kNone);
  EXPECT_FALSE(fs::exists(target_ + "/empty"));
}

// Argo of today refuses to load an archive with a link that leads out of it; before, and here, it
// is kept as it is. It leads nowhere but where the container itself could go.
TEST_F(ArtifactEdgeTest, LinksThatLeadOutAreKeptAndNeverFollowed) {
  write("../host", "of the host");
  for (const auto& [name, to] : {std::pair("absolute", "/etc/passwd"), std::pair("up", "../host"),
                                 std::pair("nowhere", "gone"), std::pair("self", "self")}) {
    fs::create_symlink(to, root_ + "/d/" + name);
  }
  fs::create_directory_symlink("/", root_ + "/d/folder");
  go_round(pod::Archive::kTarGzip);
  EXPECT_EQ(fs::read_symlink(target_ + "/absolute"), "/etc/passwd");
  EXPECT_EQ(fs::read_symlink(target_ + "/up"), "../host");
  EXPECT_EQ(fs::read_symlink(target_ + "/nowhere"), "gone");
  EXPECT_EQ(fs::read_symlink(target_ + "/self"), "self");
  EXPECT_EQ(fs::read_symlink(target_ + "/folder"), "/");
  // As objects, a link is the file of the container that it leads to, or nothing.
  go_round(pod::Archive::kNone);
  EXPECT_EQ(loaded("up"), "of the host");
  for (const char* name : {"absolute", "nowhere", "self", "folder"}) {
    EXPECT_FALSE(fs::exists(fs::symlink_status(target_ + "/" + name))) << name;
  }
}

// Argo fails to pack a socket, and packs the others so that they are not unpacked.
TEST_F(ArtifactEdgeTest, PipesSocketsAndDevicesAreLeftOut) {
  ASSERT_EQ(::mkfifo((root_ + "/d/pipe").c_str(), 0600), 0);
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  (root_ + "/d/socket").copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  if (::geteuid() == 0) {
    ASSERT_EQ(::mknod((root_ + "/d/null").c_str(), S_IFCHR | 0600, makedev(1, 3)), 0);
  }
  for (const auto archive : kBoth) {
    go_round(archive);
    for (const char* name : {"pipe", "socket", "null"}) {
      EXPECT_FALSE(fs::exists(fs::symlink_status(target_ + "/" + name))) << name;
    }
  }
}

}  // namespace
}  // namespace slipway::adapter
