// For tests of real containers: crun, an image of one static busybox, overlayfs, network name
// spaces.
#pragma once

#include <cstdlib>

#include "adapter/pod/cgroup.h"
#include "adapter/pod/pod_fixture.h"
#include "adapter/pod/spawn.h"

namespace slipway::adapter {

class OciTest : public PodTest {
 protected:
  void SetUp() override {
    PodTest::SetUp();
    if (::geteuid() != 0) GTEST_SKIP() << "containers need root";
    if (!find_program("crun", kDefaultPath).ok()) GTEST_SKIP() << "crun is not installed";
    const std::string busybox = "/bin/busybox";
    if (!std::filesystem::exists(busybox)) GTEST_SKIP() << "busybox-static is not installed";
    import_image("test/busybox:1", {});
  }
  void import_image(const std::string& name, const ImageConfig& config) {
    const std::string build =
        "set -e; cd " + folder_ +
        "; rm -rf r; mkdir -p r/bin r/etc r/tmp r/home/joe; chmod 1777 r/tmp; echo of joe > "
        "r/home/joe/had; chown 1234 r/home/joe; chmod 750 r/home/joe; cp /bin/busybox "
        "r/bin/;"
        "for a in $(/bin/busybox --list); do [ $a = busybox ] || ln -s busybox r/bin/$a; done;"
        "echo 'root:x:0:0::/root:/bin/sh' > r/etc/passwd;"
        "echo 'joe:x:1234:1235::/home/joe:/bin/sh' >> r/etc/passwd;"
        "echo 'joe:x:1235:' > r/etc/group; echo 'crew:x:77:joe' >> r/etc/group;"
        "ln -s /etc/shadow-of-host r/leak; tar -C r -cf r.tar .; rm -rf r";
    ASSERT_EQ(std::system(build.c_str()), 0);
    const auto image = ImageStore(folder_).import(name, folder_ + "/r.tar", &config);
    ASSERT_TRUE(image.ok()) << image.error().text();
  }
  static pod::PodPlan oci(const std::string& id, const std::string& script) {
    return shell(id, script, pod::RuntimeKind::kOci);
  }
  static pod::Container sidecar(const std::string& name, const std::string& script) {
    pod::Container container{.name = name, .role = pod::Container::Role::kSidecar};
    container.image = "test/busybox:1";
    container.command = {"sh", "-c", script};
    return container;
  }
  pid_t supervisor_of(const std::string& id) {
    return std::atoi(read_file(folder_ + "/pods/" + id + "/supervisor").c_str());
  }
  static bool cgroup_exists(const std::string& id) {
    for (const std::string& hierarchy : machine_cgroups().hierarchies()) {
      if (std::filesystem::exists(hierarchy + pod_cgroup(PodId(id)))) return true;
    }
    return false;
  }
};

}  // namespace slipway::adapter
