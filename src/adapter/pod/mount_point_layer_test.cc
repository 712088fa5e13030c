// What containers need of the disk before they write anything.
#include "adapter/pod/mount_point_layer.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include "adapter/pod/oci_fixture.h"

namespace slipway::adapter {
namespace {

namespace fs = std::filesystem;

class MountPointLayerTest : public OciTest {
 protected:
  fs::path own_layer(const std::string& id) { return folder_ + "/pods/" + id + "/c/0/u"; }
};

TEST_F(MountPointLayerTest, IsMadeOnceForEachSortOfImage) {
  fs::create_directories(folder_ + "/plain/bin");
  fs::create_directories(folder_ + "/base/var");
  fs::create_symlink("/run", folder_ + "/base/var/run");
  const std::string place = folder_ + "/layers";
  const auto plain = mount_point_layer(place, {folder_ + "/plain"});
  const auto linked = mount_point_layer(place, {folder_ + "/base", folder_ + "/plain"});
  ASSERT_TRUE(plain.ok() && linked.ok());
  for (const char* name : {"proc", "dev", "sys", "etc/hosts", "etc/hostname", "etc/resolv.conf"}) {
    EXPECT_TRUE(fs::exists(*plain + "/" + name)) << name;
    EXPECT_TRUE(fs::exists(*linked + "/" + name)) << name;
  }
  EXPECT_TRUE(fs::is_directory(*plain + "/var/run/argo"));
  EXPECT_FALSE(fs::exists(*linked + "/var"));
  EXPECT_TRUE(fs::is_directory(*linked + "/run/argo"));
  const auto before = fs::last_write_time(*plain);
  EXPECT_EQ(*mount_point_layer(place, {folder_ + "/plain"}), *plain);
  EXPECT_EQ(fs::last_write_time(*plain), before);
}

TEST_F(MountPointLayerTest, MountsLeaveNothingInTheContainersOwnLayer) {
  auto plan = oci("layer", "until [ -e /go ]; do sleep 0.02; done; ls -d /var/run/argo/ctr");
  runtime_->start(plan);
  (void)inbox_.running(plan.id);
  EXPECT_TRUE(fs::is_empty(own_layer("layer")));
  // As the container sees it: its root, by way of any process of its own.
  std::string seen;
  ASSERT_TRUE(wait_for([&] {
    for (const auto& entry : fs::directory_iterator("/proc")) {
      std::error_code gone;
      const std::string root = entry.path().string() + "/root";
      if (fs::exists(root + "/home/joe/had", gone)) seen = root;
    }
    return !seen.empty();
  }));
  std::ofstream(seen + "/go") << "now";
  EXPECT_EQ(inbox_.end(plan.id).phase, Phase::kSucceeded) << log_of("layer");
}

TEST_F(MountPointLayerTest, FoldersOfPodsAreKeptApart) {
  struct statfs disk {};
  ASSERT_EQ(::statfs(folder_.c_str(), &disk), 0);
  if (disk.f_type != EXT4_SUPER_MAGIC) GTEST_SKIP() << "only ext4 is asked to";
  (void)run(oci("apart", "true"));
  for (const char* name : {"/pods", "/host", "/logs"}) {
    const Fd folder(::open((folder_ + name).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(folder) << name;
    int flags = 0;
    ASSERT_EQ(::ioctl(folder.get(), FS_IOC_GETFLAGS, &flags), 0) << name;
    EXPECT_NE(flags & FS_TOPDIR_FL, 0) << name;
  }
}

}  // namespace
}  // namespace slipway::adapter
